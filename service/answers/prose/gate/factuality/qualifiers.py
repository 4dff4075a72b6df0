"""Words before a noun that make it less than it says: a former minister is none, a suspected killer may be none."""

from collections.abc import Iterator

from onrecord.index.text.english.titles import ACTING, FORMER, FORMERLY, LESSER
from onrecord.index.text.english.word_sets import word_set
from onrecord.service.answers.prose.gate.factuality.parsed_sentence import ParsedSentence, Word

_DOUBTED = word_set(
    "accused alleged apparent aspiring attempted believed bogus claimed expected failed fake false feared "
    "fictional fictitious hypothetical imaginary imagined intended likely mock planned possible potential "
    "presumed probable proposed pseudo purported putative reported reputed rumored rumoured self-described "
    "self-proclaimed self-styled sham so-called supposed suspected suspended threatened unconfirmed unproven would-be "
)
_GROUPS = (FORMER, ACTING, _DOUBTED, LESSER)
_JOINED = word_set("self so would ex")
"""First parts of words that the tokenizer cuts at the hyphen: "self-styled"."""


def lost_qualifier(claim: ParsedSentence, evidence: ParsedSentence) -> tuple[str, str] | None:
    """Return a qualifier of the evidence and its noun, where the claim has the noun alone; None if there is none."""
    for qualifier, noun, group in _qualified(evidence):
        ours = [one for one in claim.words if one.root == noun.root and (one.is_noun or one.tag == noun.tag)]
        if not ours or any(_is_bare(evidence, one, noun) for one in evidence.words):
            continue
        if group & {word.text.casefold() for word in claim.words} | _joined(claim) & group:
            continue
        if group is FORMER and {word.text.casefold() for word in claim.words} & FORMERLY:
            continue
        return qualifier, noun.text
    return None


def _qualified(sentence: ParsedSentence) -> Iterator[tuple[str, Word, frozenset[str]]]:
    """Yield each qualifier as it is written, the common noun that it is about, and the words that say the same."""
    words = sentence.words
    for word in words:
        low = word.text.casefold()
        written, after = low, word.at + 1
        if low in _JOINED and after + 1 < len(words) and words[after].text == "-":
            written = f"{low}-{words[after + 1].text.casefold()}" if low != "ex" else "ex"
            after += 2 if low != "ex" else 1
        group = next((one for one in _GROUPS if written in one), None)
        if group is None or word.is_verb and word.relation not in {"amod", "compound", "nmod"} and "-" not in written:
            continue
        noun = _noun_after(words, after)
        if noun is not None:
            yield written, noun, group


def _noun_after(words: tuple[Word, ...], at: int) -> Word | None:
    """Return the last common noun in the run of adjectives and nouns at a position, before any person's name."""
    found = None
    while at < len(words) and (
        words[at].is_noun or words[at].tag.startswith(("JJ", "NN", "VBG")) or words[at].tag == "HYPH"
    ):
        if words[at].entity == "PERSON" and found is not None:
            break
        if words[at].entity != "PERSON" and (words[at].is_noun or found is None or not found.is_noun):
            found = words[at]
        at += 1
    return found


def _joined(sentence: ParsedSentence) -> set[str]:
    return {written for written, _, _ in _qualified(sentence)}


def _is_bare(sentence: ParsedSentence, word: Word, noun: Word) -> bool:
    """Say whether a noun stands in the sentence a second time, unqualified."""
    return (
        word.root == noun.root
        and word.at != noun.at
        and word.is_noun
        and all(other.at != word.at for _, other, _ in _qualified(sentence))
    )
