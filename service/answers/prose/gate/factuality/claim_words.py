"""Find the words of a claim in a sentence of the evidence, and what governs them there but not in the claim."""

from collections.abc import Sequence

from onrecord.index.text.english import negation
from onrecord.index.text.english.certainty import MODALS_OF_ABILITY
from onrecord.index.text.english.function_words import BE_AND_HAVE, DEFINITE, LIGHT_VERBS
from onrecord.service.answers.prose.gate.factuality.embedders import KEPT_BY, Certainty, classes_of
from onrecord.service.answers.prose.gate.factuality.governing_words import Governor, governors_of
from onrecord.service.answers.prose.gate.factuality.parsed_sentence import ParsedSentence, Word

_MIN_SHARED = 2
"""The fewest words that another sentence must share with a claim to tell of the same."""
_NOTS = negation.OF_ADVERBS | negation.OF_DETERMINERS - {"few"}
_NEGATIVE = frozenset({Certainty.NEGATED, Certainty.DENIED})
_EASY = BE_AND_HAVE | negation.PLAIN | {"use"}
"""Roots that a claim may have without keeping anything."""


def is_told(word: Word) -> bool:
    """Say whether a word tells something by itself: a verb, a common noun, an adjective or a figure."""
    if word.relation in {"aux", "auxpass", "det", "punct"} or word.lemma in LIGHT_VERBS:
        return False
    if word.entity in {"DATE", "TIME"} and not word.is_verb and word.relation not in {"dobj", "nummod"}:
        return False
    return word.tag.startswith(("VB", "JJ", "CD")) or (word.is_noun and not word.is_name)


def lost_governor(
    claim: ParsedSentence, evidence: ParsedSentence, others: Sequence[ParsedSentence]
) -> tuple[Word, Word] | None:
    """Return a word of the claim, and what governs it in the evidence and not in the claim; None if nothing is lost.

    A word that the sentence of the evidence lacks is looked for in the others.
    """
    words = [word for word in claim.words if is_told(word) and not _tells_who_says(claim, word)]
    if not any(word.root in evidence.roots for word in words):
        # "Arnaud was Judas": all that is told is a name.
        words += [word for word in claim.words if word.is_name]
    anchored = any(_occurrences(word, evidence) for word in words if word.relation == "ROOT")
    for word in words:
        # The main word is looked for in every sentence; any other one only in a sentence that tells of the same.
        shared = 1 if word.relation == "ROOT" and word.is_verb else _MIN_SHARED
        there = _occurrences(word, evidence) or [
            (sentence, one)
            for sentence in others
            if len(claim.roots & sentence.content_roots) >= shared
            for _, one in _occurrences(word, sentence)
            if _is_near(claim, sentence, one)
        ]
        if not word.is_verb and any(_is_there(sentence, one, anchored=anchored) for sentence, one in there):
            continue
        kept = governors_of(claim, word, wide=True)
        losses = [
            _lost(claim, word, kept, _telling(word, governors_of(sentence, one, wide=False))) for sentence, one in there
        ]
        if losses and all(losses):
            return word, next(filter(None, losses))
    return None


def added_negation(claim: ParsedSentence, evidence: ParsedSentence) -> Word | None:
    """Return what negates a verb of the claim that nothing negates in the evidence; None if there is no such word."""
    if any(classes_of(word) & _NEGATIVE for word in evidence.words):
        return None
    if len(claim.content_roots & evidence.content_roots) < _MIN_SHARED:
        return None
    for word in claim.words:
        if not (word.is_verb and is_told(word)):
            continue
        added = next((one.word for one in governors_of(claim, word, wide=False) if one.word.folded in _NOTS), None)
        if added is None or added.root in evidence.roots:
            continue
        there = [one for _, one in _occurrences(word, evidence)]
        if there and not any(
            governor.classes & (_NEGATIVE | {Certainty.UNKNOWN, Certainty.CONDITIONAL})
            for one in there
            for governor in governors_of(evidence, one, wide=True)
        ):
            return added
    return None


def _is_there(sentence: ParsedSentence, word: Word, *, anchored: bool) -> bool:
    """Say whether a noun or its figure is there whatever stands over it: "the ship", "two ships that were scrapped".

    `anchored`: whether the sentence has the claim's main word, so that the noun need not vouch for the whole claim.
    """
    if word.relation == "nummod":
        word = sentence.head(word) or word
    if not word.is_noun or word.is_name:
        return False
    for clause in sentence.children(word, "relcl"):
        finite = clause.tag in {"VBD", "VBZ", "VBP"} or sentence.children(clause, "aux", "auxpass")
        if finite and not governors_of(sentence, clause, wide=False):
            return True
    return anchored and any(
        one.relation == "poss" or one.folded in DEFINITE for one in sentence.children(word, "det", "poss", "predet")
    )


def _occurrences(word: Word, sentence: ParsedSentence) -> list[tuple[ParsedSentence, Word]]:
    return [
        (sentence, one)
        for one in sentence.words
        if one.root == word.root and (is_told(one) or one.is_name == word.is_name)
    ]


def _telling(word: Word, governors: Sequence[Governor]) -> list[Governor]:
    """Return the governors that matter to a word: who almost did something is there all the same."""
    if word.is_verb:
        return list(governors)
    if not word.is_name:
        return [one for one in governors if one.classes - {Certainty.FUTURE}]
    return [one for one in governors if one.classes - {Certainty.ALMOST, Certainty.NEGATED, Certainty.FUTURE}]


def _is_near(claim: ParsedSentence, sentence: ParsedSentence, word: Word) -> bool:
    """Say whether a word is a verb, or stands with the main verb or with a verb of the claim."""
    if word.is_verb:
        return True
    verb = sentence.head(word)
    while verb is not None and not verb.is_verb:
        verb = sentence.head(verb)
    return verb is not None and (verb.relation in {"ROOT", "conj"} or verb.root in claim.roots)


def _is_saying(word: Word) -> bool:
    return word.tag in {"VBD", "VBZ", "VBP"} and Certainty.REPORTED in classes_of(word)


def _tells_who_says(sentence: ParsedSentence, word: Word) -> bool:
    """Say whether a verb names who says what the rest of the sentence tells."""
    return (
        word.is_verb
        and Certainty.REPORTED in classes_of(word)
        and (word.relation == "parataxis" or bool(sentence.children(word, "ccomp")))
        and not sentence.children(word, "dobj")
    )


def _lost(claim: ParsedSentence, word: Word, kept: Sequence[Governor], governors: Sequence[Governor]) -> Word | None:
    """Return the first governor that the claim does not keep; None if it keeps each.

    `kept`: what governs the word in the claim.
    """
    classes = {one for governor in kept for one in governor.classes}
    if not word.is_verb:
        # Nouns and figures hang loosely in a sentence: a "bid" or a "ban" keeps what is uncertain wherever it stands.
        classes |= {one for other in claim.words if other != word and is_told(other) for one in classes_of(other)}
    if "according" in claim.folded or any(map(_is_saying, claim.words)):
        classes.add(Certainty.REPORTED)
    return next((one.word for one in governors if not _is_kept(one, claim, word, classes)), None)


def _is_kept(governor: Governor, claim: ParsedSentence, word: Word, classes: set[Certainty]) -> bool:
    if governor.word.root in claim.roots and governor.word.root not in _EASY:
        return True
    if governor.word.folded in negation.OF_DETERMINERS and claim.folded & negation.OF_DETERMINERS:
        return True
    for one in governor.classes:
        if KEPT_BY[one] & classes:
            return True
        if Certainty.NEGATED in classes and (not word.is_verb or governor.word.folded in MODALS_OF_ABILITY):
            return True
        if one is Certainty.DENIED and {Certainty.REPORTED, Certainty.NEGATED} <= classes:
            return True
        if one is Certainty.FUTURE and not _is_past(claim, word):
            return True
        if one is Certainty.PAST and _is_past(claim, word):
            return True
    return False


def _is_infinitive(verb: Word) -> bool:
    return verb.tag == "VB" and verb.relation == "xcomp"


def _is_past(sentence: ParsedSentence, word: Word) -> bool:
    """Say whether a word stands in a clause that tells of what is done."""
    verb: Word | None = word
    while verb is not None and (not verb.is_verb or verb.relation in {"amod", "compound"} or _is_infinitive(verb)):
        verb = sentence.head(verb)
    if verb is None:
        return False
    auxiliaries = {one.folded for one in sentence.children(verb, "aux", "auxpass")}
    if verb.tag == "VBD":
        return True
    return verb.tag in {"VBN", "VBG"} and bool(auxiliaries & {"was", "were", "had", "has", "have", "'ve", "been"})
