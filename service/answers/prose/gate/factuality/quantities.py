"""How much of something: bounds of figures, and parts of a whole."""

import re
from collections.abc import Sequence

from onrecord.index.text.english import negation
from onrecord.index.text.english.calendar import MONTHS
from onrecord.index.text.english.function_words import DEFINITE
from onrecord.index.text.english.numbers import WORDS_FOR_ABOUT, WORDS_FOR_ALL, WORDS_FOR_PARTS
from onrecord.index.text.english.word_sets import any_of
from onrecord.service.answers.prose.gate.factuality.parsed_sentence import ParsedSentence, Word

_BOUNDS = {
    "at_least": r"at least|no (?:fewer|less) than|not (?:fewer|less) than|a minimum of|at the earliest",
    "at_most": r"at most|up to|as (?:many|much|high|long|few|little) as|no more than|not more than|a maximum of|"
    r"at the latest",
    "over": r"more than|over|above|upwards of|in excess of|exceed(?:s|ed|ing)?|greater than|better than",
    "under": r"fewer than|less than|under|below|nearly|almost|just under|just short of|barely|not quite|close to|only",
}
_BOUND = re.compile("|".join(rf"(?P<{name}>\b(?:{words}))" for name, words in _BOUNDS.items()), re.IGNORECASE)
_SAYS_NO_MORE = {
    "at_least": {"at_least", "over"},
    "at_most": {"at_most", "under"},
    "over": {"over", "at_least"},
    "under": {"under", "at_most"},
}
"""For each bound in the evidence the bounds in a claim that claim no more than it does."""
_WORD = r"(?:an? |the |one |some |about |around )?"
_FIGURE_BEHIND = re.compile(
    rf"\s+{_WORD}(?P<figure>\d[\d.,]*\d|\d|half|a third|a quarter|two thirds|all|{MONTHS[-1]}|{MONTHS[0]})\b",
    re.IGNORECASE,
)
_ABOUT_BEFORE = re.compile(rf"\b(?:{any_of(WORDS_FOR_ABOUT)})\s+(?:an? )?$", re.IGNORECASE)
_BOUND_BEHIND = re.compile(r" (?:\w+ )?(at the earliest|at the latest|or more|or fewer|or less)\b")
_SAME_BEHIND = {
    ("at_least", "at the earliest"),
    ("at_least", "or more"),
    ("at_most", "at the latest"),
    ("at_most", "or fewer"),
    ("at_most", "or less"),
}
"""Bounds of the evidence with the words behind a figure that say the same."""
_MAX_BEFORE = 30
"""Code points before a figure of a claim in which its bound is looked for."""
_SPEAKS_OF_ALL = WORDS_FOR_ALL | negation.OF_ALL | {"only"}
"""Words in the evidence that speak of all of something, or of nothing else."""
_DEFINITE = DEFINITE | {"all"}


def changed_bound(claim: str, evidence: str) -> tuple[str, str] | None:
    """Return a figure's bound in the evidence and the figure, where the claim has the figure without it."""
    for bound, written, figure in _bounded(evidence):
        at = _place(figure, claim)
        if at is None:
            continue
        before = claim[: at.start()][-_MAX_BEFORE:]
        after = _BOUND_BEHIND.match(claim, at.end())
        if after and (bound, after.group(1)) in _SAME_BEHIND:
            continue
        bounds = [name for name, _, number in _bounded(before + at.group()) if number.casefold() == figure.casefold()]
        if bounds and bounds[0] in _SAYS_NO_MORE[bound]:
            continue
        if bound == "under" and _ABOUT_BEFORE.search(before):
            continue
        if bound == "at_least" and re.match(r" or more|,? if not more", claim[at.end() :]):
            continue
        if _place(figure, _without(evidence, written, figure)):
            continue
        return written, figure
    return None


def added_bound(claim: str, evidence: str) -> tuple[str, str] | None:
    """Return a strict bound of the claim and its figure, where the evidence has the figure without a bound like it."""
    for bound, written, figure in _bounded(claim):
        if bound not in {"over", "under"} or figure not in evidence or written == "only":
            continue
        theirs = {name for name, _, number in _bounded(evidence) if number == figure}
        if bound not in theirs:
            return written, figure
    return None


def _bounded(text: str) -> list[tuple[str, str, str]]:
    """Return each bound with how it is written and the figure behind it."""
    found = []
    for match in _BOUND.finditer(text):
        if behind := _FIGURE_BEHIND.match(text, match.end()):
            found.append((str(match.lastgroup), match.group(), behind["figure"]))
    return found


def _place(figure: str, text: str) -> re.Match[str] | None:
    """Return the first place where a figure stands in a text and not as a part of another one."""
    return re.search(rf"(?<![\w.,]){re.escape(figure)}(?!\w)", text, re.IGNORECASE)


def _without(text: str, written: str, figure: str) -> str:
    return re.sub(rf"{re.escape(written)}\s+{_WORD}{re.escape(figure)}", "", text, flags=re.IGNORECASE)


def added_whole(claim: ParsedSentence, evidence: Sequence[ParsedSentence]) -> Word | None:
    """Return a word of the claim for all of something, where the evidence has no such word; None if there is none."""
    word = next((one for one in claim.words if one.folded in WORDS_FOR_ALL - {"both"} and not one.is_name), None)
    if word is None or word.entity == "WORK_OF_ART" or any(sentence.folded & _SPEAKS_OF_ALL for sentence in evidence):
        return None
    return word


def miscounted(claim: ParsedSentence, evidence: Sequence[ParsedSentence]) -> tuple[str, str] | None:
    """Return a figure of the claim and what it counts, where the evidence counts others by it, and these by another."""
    counts = [pair for sentence in evidence for pair in _counts(sentence)]
    for figure, noun in _counts(claim):
        by_figure = {one.root for number, one in counts if number.folded == figure.folded}
        numbers = {number.folded for number, one in counts if one.root == noun.root}
        if by_figure and numbers and noun.root not in by_figure and figure.folded not in numbers:
            return figure.text, noun.text
    return None


def _counts(sentence: ParsedSentence) -> list[tuple[Word, Word]]:
    """Return each figure with the noun that it counts, without dates, sums and shares."""
    return [
        (word, noun)
        for word in sentence.words
        if word.relation == "nummod" and word.tag == "CD" and word.entity not in {"DATE", "TIME", "MONEY", "PERCENT"}
        if (noun := sentence.head(word)) is not None and noun.is_noun and not noun.is_name
    ]


def widened_part(claim: ParsedSentence, evidence: ParsedSentence) -> tuple[str, str] | None:
    """Return the word for a part in the evidence and its whole, where the claim speaks of the whole."""
    if claim.folded & negation.OF_AMOUNTS:
        return None
    for whole, part in _parts(evidence):
        same = [one for one in claim.words if one.root == whole.root and one.tag == whole.tag and not one.is_name]
        if same and all(_is_whole(claim, one, part) for one in same):
            return part.text, same[0].text
    return None


def _is_whole(claim: ParsedSentence, noun: Word, part: Word) -> bool:
    """Say whether a claim speaks of all of what a noun names, and of no part like that of the evidence."""
    kept = {word.folded for word in (*claim.subtree(noun), *_over(claim, noun))}
    determiners = {one.folded for one in claim.children(noun, "det", "poss", "predet")}
    return not kept & (WORDS_FOR_PARTS | {part.folded}) and bool(determiners & _DEFINITE)


def _parts(sentence: ParsedSentence) -> list[tuple[Word, Word]]:
    """Return each whole with the word for the part of it that the sentence speaks of: "some of the villagers"."""
    found: list[tuple[Word, Word]] = []
    for word in sentence.words:
        if word.relation == "prep" and word.folded == "of":
            head = sentence.head(word)
            if head is not None and (head.folded in WORDS_FOR_PARTS or head.tag == "CD" or head.root == "percent"):
                found.extend((one, head) for one in sentence.children(word, "pobj"))
    return found


def _over(sentence: ParsedSentence, word: Word) -> list[Word]:
    """Return the words of a part above its whole."""
    preposition = sentence.head(word)
    if preposition is None or preposition.folded != "of":
        return []
    head = sentence.head(preposition)
    return [head, *sentence.children(head)] if head is not None else []
