"""Whether a claim says for certain what its evidence only reports, denies, plans or imagines."""

import re
from collections.abc import Sequence

from onrecord.service.answers.prose.gate.factuality.claim_words import added_negation, is_told, lost_governor
from onrecord.service.answers.prose.gate.factuality.parsed_sentence import ParsedSentence
from onrecord.service.answers.prose.gate.factuality.parser import Parser
from onrecord.service.answers.prose.gate.factuality.qualifiers import lost_qualifier
from onrecord.service.answers.prose.gate.factuality.quantities import (
    added_bound,
    added_whole,
    changed_bound,
    miscounted,
    widened_part,
)
from onrecord.service.answers.prose.gate.factuality.roles import changed_comparison, changed_sides

_NEAR = 0.75
"""The share of the nearest sentence's common words from which on another sentence may bear a claim out as well."""

_ALMOST = re.compile(
    r"\b(?:all but|as good as|just short of) (?=(?!one\b)(?:\w+(?:ed|en|wn|ne)|lost|won|dead|certain|over|up)\b)"
)
_NOT = re.compile(r"\b(?:far from|anything but|by no means|nothing like) (?=\w)")
"""Phrases for "almost" and "not" that the parser takes for something else."""
_PHRASES = {
    r"(?:turn|turns|turned|turning) down": "rejected",
    r"(?:call|calls|called|calling) off": "cancelled",
    r"(?:fall|falls|fell|fallen) through": "failed",
    r"(?:strike|strikes|struck) down": "overturned",
    r"(?:throw|throws|threw|thrown) out": "dismissed",
    r"(?:give|gives|gave|given) up": "abandoned",
}
"""Verbs with a particle that say that something is not done, with a word for each."""
_SCORE = re.compile(r"(?<=\w) \d{1,3}[-–]\d{1,3}(?= |[.,;])")
"""The score of a match, behind which the parser loses the names."""


def reason_against(claim: str, evidence: Sequence[str], parser: Parser) -> str | None:
    """Say in words why the sentences of the evidence do not make the claim a fact; None if nothing speaks against it.

    The reason is a clause that begins with "it" or "the passage". A claim that is one of the sentences is not parsed;
    for any other one, raise `ParserError` if the parser is not there.
    """
    if _bare(claim) in map(_bare, evidence):
        return None
    said, *shown = parser.parse([_plain(text) for text in (claim, *evidence)])
    return _compare(said, shown)


def _plain(text: str) -> str:
    """Return the text as the parser reads it best: in one line, without scores, and with plain words for phrases."""
    text = _SCORE.sub("", " ".join(text.split()))
    text = _NOT.sub("not ", _ALMOST.sub("almost ", text))
    for phrase, word in _PHRASES.items():
        text = re.sub(rf"\b(?:{phrase})\b", word, text)
    return text


def _compare(claim: ParsedSentence, evidence: Sequence[ParsedSentence]) -> str | None:
    told = {word.root for word in claim.words if is_told(word)}
    names = {word.root for word in claim.words if word.is_name} - told
    # What happened counts twice, who it happened to a half: a sentence on the same people proves nothing else of them.
    main = {word.root for word in claim.words if word.relation == "ROOT"} & told
    shares = [
        sum(len(ours & one.roots) * weight for ours, weight in ((told, 1), (main, 1), (names, 0.5))) for one in evidence
    ]
    nearest = max(shares, default=0)
    if not nearest:
        return None
    ranked = [sentence for _, sentence in sorted(zip(shares, evidence, strict=True), key=lambda pair: -pair[0])]
    near = sum(share >= _NEAR * nearest for share in shares)
    reasons = [_against(claim, one, [other for other in ranked if other is not one]) for one in ranked[:near]]
    return reasons[0] if all(reasons) else None


def _against(claim: ParsedSentence, sentence: ParsedSentence, others: Sequence[ParsedSentence]) -> str | None:
    if lost := lost_governor(claim, sentence, others):
        word, governor = lost
        return f"the passage says “{governor.text}” about “{word.text}”, and the sentence leaves “{governor.text}” out"
    if negation := added_negation(claim, sentence):
        return f"it says “{negation.text}” where the passage does not"
    if qualifier := lost_qualifier(claim, sentence):
        return f"the passage says “{qualifier[0]}” about “{qualifier[1]}”, and the sentence leaves “{qualifier[0]}” out"
    if bound := changed_bound(claim.text, sentence.text):
        return f"the passage says “{bound[0]} {bound[1]}”, and the sentence says something else of “{bound[1]}”"
    if bound := added_bound(claim.text, sentence.text):
        return f"it says “{bound[0]} {bound[1]}”, which the passage does not"
    if whole := added_whole(claim, (sentence, *others)):
        return f"it says “{whole.text}” where the passage does not"
    if counted := miscounted(claim, (sentence, *others)):
        return f"it says “{counted[0]} {counted[1]}”, and the passage counts something else"
    if part := widened_part(claim, sentence):
        return f"the passage speaks of “{part[0]}” of “{part[1]}”, and the sentence of all of them"
    return changed_sides(claim, (sentence, *others)) or changed_comparison(claim, sentence)


def _bare(text: str) -> str:
    """Return the text without marks and capitals, and with single spaces."""
    return re.sub(r"\W+", " ", text).strip().casefold()
