"""Search for the cues of a sentence, each with its subject."""

from collections.abc import Sequence
from dataclasses import dataclass

from onrecord.index.speech.grammar.noun_phrases import (
    Range,
    is_bare_name,
    is_break,
    left_phrase,
    skip_adverbs_back,
)
from onrecord.index.speech.grammar.subjects import main_subject, right_phrase
from onrecord.index.speech.grammar.tokens import Clause, Item
from onrecord.index.speech.grammar.verb_or_noun import NOUN_LEADS, SINGULAR, item_is_noun
from onrecord.index.text.english.calendar import TIMES
from onrecord.index.text.english.function_words import BE, DETERMINERS, PRONOUNS
from onrecord.index.text.english.negation import OF_VERBS
from onrecord.index.text.english.sayings import (
    AS_SAYING,
    CUES,
    NOUNS_TOO,
    SENTENCE_OPENING_CUES,
    VERB_PARTICLES,
    VERBS_OF_SAYING,
    Cue,
    Form,
    Group,
)
from onrecord.index.text.english.titles import ROLES
from onrecord.index.text.english.word_sets import word_set


@dataclass(frozen=True, slots=True, kw_only=True)
class CuedVerb:
    """A cue in a sentence, with its subject; all positions are item numbers.

    `cue` reaches from the verb to its particle. `subject` is the phrase for the speaker, or None. `begins` is the start
    of the cue's own clause, at which the words of an earlier cue end at the latest. `inherited` is true if the subject
    stands with an earlier verb.
    """

    cue: Range
    verb: Cue
    subject: Range | None
    begins: int
    inherited: bool = False
    inverted: bool = False
    negated: bool = False
    infinitive: bool = False
    reporter: Range | None = None


def find_cued_verbs(clause: Clause) -> list[CuedVerb]:
    """Return the cues of a sentence that have, inherit or imply a speaker, in order."""
    items = clause.items
    cued_verbs: list[CuedVerb] = []
    floor = 0
    for at, item in enumerate(items):
        cue = CUES.get(item.low)
        if cue is None or item.quoted is not None:
            continue
        if item.capital and not clause.headline and not (at == 0 and item.low in SENTENCE_OPENING_CUES):
            continue
        if clause.headline and item.low in NOUNS_TOO and cue.group in (Group.ACT, Group.SHOW):
            continue
        cued = _cued_verb(items, at, cue, cued_verbs, floor)
        if cued is not None:
            cued_verbs.append(cued)
            floor = cued.cue[1]
    return cued_verbs


def _cued_verb(items: Sequence[Item], at: int, cue: Cue, cued_verbs: list[CuedVerb], floor: int) -> CuedVerb | None:
    before = items[at - 1] if at else None
    end = at + 1
    for particle in VERB_PARTICLES.get(cue.lemma, ()):
        if end < len(items) and items[end].low == particle:
            end += 1
            break
    if cue.lemma == "rule" and end == at + 1:
        return None
    if cue.lemma == "quote":
        return _quoting(items, at, floor)
    finite = bool(cue.forms & {Form.THIRD, Form.PAST, Form.BASE})
    position, passed = skip_adverbs_back(items, at - 1)
    negated = bool(passed & OF_VERBS)
    passive = bool(passed & BE) and Form.DONE in cue.forms
    if passive and not passed & {"’s", "'s"}:
        return None
    if Form.ING in cue.forms and not passed & BE:
        return _participle(items, at, end, cue, cued_verbs)
    if before is not None and before.low == "to":
        subject, begins = _inherited(items, at, cued_verbs)
        if subject is None:
            return None
        return CuedVerb(
            cue=(at, end), verb=cue, subject=subject, begins=begins, inherited=True, infinitive=True, negated=negated
        )
    if before is not None and (before.low in NOUN_LEADS or before.text in ("’s", "'s", "’")) and not passed:
        return None
    if item_is_noun(items, at, position, cue):
        return None
    # After a quote or a comma the subject may follow the verb: “…,” said Rubio.
    opens = before is None or before.quoted is not None or before.text in (",", "–", "—", "--", "-", ")")
    sayable = cue.group in (Group.SAY, Group.SHOW) and finite
    if opens and sayable and not passed:
        subject = right_phrase(items, end)
        quote_before = before is not None and (
            before.quoted is not None or (before.text == "," and at > 1 and items[at - 2].quoted is not None)
        )
        described = None if quote_before or _is_named(items, subject) else left_phrase(items, at, floor)
        if described is None and subject is not None and (before is None or quote_before or _closes(items, subject)):
            subject = _name_behind(items, subject)
            return CuedVerb(cue=(at, end), verb=cue, subject=subject, begins=at, inverted=True)
    if not finite and not passed:
        return None
    lead = items[position] if position >= 0 else None
    if lead is not None and position >= floor and (lead.low in ("and", "but", "or", "then") or lead.text == ","):
        if lead.text == ",":
            subject = left_phrase(items, position + 1)
            if subject is not None:
                return CuedVerb(cue=(at, end), verb=cue, subject=subject, begins=position, negated=negated)
        subject, _ = _inherited(items, at, cued_verbs)
        if subject is None:
            return None
        begins = position - 1 if position and items[position - 1].text == "," else position
        return CuedVerb(cue=(at, end), verb=cue, subject=subject, begins=begins, inherited=True, negated=negated)
    subject = left_phrase(items, position + 1, floor)
    if subject is None:
        return None
    if items[at].low in NOUNS_TOO and not cue.forms & {Form.PAST} and position == at - 1:
        last = items[subject[1] - 1]
        common = not last.capital and last.low not in PRONOUNS and not last.low.endswith("s")
        if common and items[subject[0]].low not in SINGULAR:
            return None
    if items[subject[0]].low in ("you", "one") and cue.lemma != "say":
        return None
    return CuedVerb(cue=(at, end), verb=cue, subject=subject, begins=_begins(items, subject[0]), negated=negated)


def _name_behind(items: Sequence[Item], subject: Range) -> Range:
    """Return the name behind a description, as in "says the former editor, George Osborne", or the description."""
    start = end = subject[1] + 1
    if start >= len(items) or items[subject[1]].text != "," or items[subject[0]].low not in DETERMINERS:
        return subject
    while end < len(items) and items[end].capital:
        end += 1
    closed = end >= len(items) or is_break(items[end]) or items[end].low == "who"
    return (start, end) if closed and is_bare_name(items, start, end) else subject


def _is_named(items: Sequence[Item], phrase: Range | None) -> bool:
    """Say whether a phrase holds a name, a role or a pronoun, so that it may speak: not "the bus skidded"."""
    return phrase is not None and any(
        item.capital or item.low in ROLES or item.low in PRONOUNS for item in items[phrase[0] : phrase[1]]
    )


def _begins(items: Sequence[Item], subject: int) -> int:
    """Step left over the comma and conjunction that set a clause with its own subject apart."""
    at = subject
    if at and items[at - 1].low in (
        "and",
        "but",
        "while",
        "though",
        "although",
        "as",
        "when",
        "after",
        "whereas",
        "with",
    ):
        at -= 1
        if at and items[at - 1].text == ",":
            return at - 1
        return at
    if at and items[at - 1].text in (",", "—", "–", "--", ";"):
        return at - 1
    return subject


def _closes(items: Sequence[Item], subject: Range) -> bool:
    """Say whether the words after an inverted subject close the sentence or set something apart."""
    at = subject[1]
    if at >= len(items):
        return True
    item = items[at]
    if item.quoted is not None:
        return False
    if not any(part.capital or part.low in ROLES for part in items[subject[0] : at]):
        return is_break(item)
    return is_break(item) or item.low in TIMES or item.low in ("who", "on", "in", "at", "during", "after", "as", "when")


def _inherited(items: Sequence[Item], at: int, cued_verbs: Sequence[CuedVerb]) -> tuple[Range | None, int]:
    if cued_verbs and cued_verbs[-1].subject is not None:
        return cued_verbs[-1].subject, at
    return main_subject(items, at), at


def _participle(items: Sequence[Item], at: int, end: int, cue: Cue, cued_verbs: list[CuedVerb]) -> CuedVerb | None:
    """Return the cue of a participle, as in "Rubio echoed this, telling Fox News that", or None."""
    position, _ = skip_adverbs_back(items, at - 1)
    lead = items[position] if position >= 0 else None
    if lead is None:
        # In "Speaking on Monday, Rubio …" the subject stands behind the comma.
        comma = next((n for n in range(at, min(len(items), at + 40)) if items[n].text == ","), None)
        subject = right_phrase(items, comma + 1) if comma is not None else None
        if subject is None:
            return None
        return CuedVerb(cue=(at, end), verb=cue, subject=subject, begins=at, inherited=True)
    if (
        lead.text in (",", "—", "–", "--", ";", "-")
        or lead.quoted is not None
        or lead.low in ("and", "by", "but", "while")
    ):
        subject, _ = _inherited(items, at, cued_verbs)
        if subject is None or items[subject[0]].low in ("it", "there"):
            return None
        begins = position + 1 if lead.quoted is not None else position
        if lead.low in ("and", "by", "but", "while") and position and items[position - 1].text == ",":
            begins = position - 1
        return CuedVerb(cue=(at, end), verb=cue, subject=subject, begins=begins, inherited=True)
    if lead.low in ("after", "before", "in", "for", "without", "from", "when", "of"):
        if lead.low in ("for", "of", "from") and cue.lemma not in VERBS_OF_SAYING:
            return None
        subject, _ = _inherited(items, at, cued_verbs)
        return subject and CuedVerb(cue=(at, end), verb=cue, subject=subject, begins=position, inherited=True)
    if lead.capital or lead.low in ROLE_LIKE:
        # The participle in "with Sanders calling for" has a subject of its own.
        subject = left_phrase(items, position + 1)
        if subject and subject[0] and items[subject[0] - 1].low in ("with", "and", ",", "as"):
            return CuedVerb(cue=(at, end), verb=cue, subject=subject, begins=_begins(items, subject[0]))
        if cued_verbs or cue.group is Group.ACT:
            inherited, _ = _inherited(items, at, cued_verbs)
            return inherited and CuedVerb(cue=(at, end), verb=cue, subject=inherited, begins=at, inherited=True)
    following = items[end] if end < len(items) else None
    stated = following is not None and (
        following.quoted is not None or following.low == "that" or following.text == ":"
    )
    if cue.lemma in VERBS_OF_SAYING and stated:
        subject, _ = _inherited(items, at, cued_verbs)
        if subject is not None and items[subject[0]].low in ("it", "there"):
            # "It is worth recalling that" has no speaker.
            return None
        return subject and CuedVerb(cue=(at, end), verb=cue, subject=subject, begins=at, inherited=True)
    return None


ROLE_LIKE = word_set("officials critics supporters campaign statement reporters him them")


def _quoting(items: Sequence[Item], at: int, floor: int) -> CuedVerb | None:
    """Return the cue of "TASS quoted Ushakov as saying", in which Ushakov speaks and TASS reports, or None."""
    position, passed = skip_adverbs_back(items, at - 1)
    marker = next(
        (
            n
            for n in range(at + 1, min(len(items) - 1, at + 25))
            if items[n].low == "as" and items[n + 1].low in AS_SAYING
        ),
        None,
    )
    reporter = left_phrase(items, position + 1, floor)
    if passed & BE:
        if marker is None or reporter is None:
            return None
        by = right_phrase(items, at + 2) if items[at + 1].low == "by" else None
        return CuedVerb(
            cue=(marker + 1, marker + 2),
            verb=CUES["said"],
            subject=reporter,
            begins=_begins(items, reporter[0]),
            reporter=by,
        )
    if marker is not None and marker > at + 1:
        subject = (at + 1, marker)
        begins = _begins(items, reporter[0]) if reporter else at
        return CuedVerb(
            cue=(marker + 1, marker + 2), verb=CUES["said"], subject=subject, begins=begins, reporter=reporter
        )
    return None
