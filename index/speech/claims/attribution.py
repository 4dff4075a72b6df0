"""Search for the words that an article attributes, and the mention of each speaker."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from onrecord.index.speech.claims.cued_sentence import Sentence
from onrecord.index.speech.claims.signatures import signed_by
from onrecord.index.speech.claims.statements import Claim, Statements
from onrecord.index.speech.claims.turns import Turn
from onrecord.index.speech.grammar.cue_finder import find_cued_verbs
from onrecord.index.speech.grammar.noun_phrases import left_phrase
from onrecord.index.speech.grammar.subjects import main_subject, right_phrase
from onrecord.index.speech.grammar.tokens import Clause, Item
from onrecord.index.text.english.function_words import DETERMINERS
from onrecord.index.text.english.sayings import CUES, Form, Group
from onrecord.index.text.english.titles import ROLES
from onrecord.index.values import Span

_MAX_HEADING_WORDS = 14
"""Words in a heading that stands in quotation marks."""
_SIGNED = "—"
"""The cue of a quote that a name signs."""


def attribute(text: str, clauses: Sequence[Clause], turns: Sequence[Turn] = ()) -> list[Claim]:
    """Return the claims of each sentence and turn, and the quotes that stand alone, attributed to the last speaker."""
    claims: list[Claim] = []
    for number, clause in enumerate(clauses):
        opens = number == 0 or clauses[number - 1].block != clause.block
        closes = number + 1 == len(clauses) or clauses[number + 1].block != clause.block
        statements = Statements(Sentence(text, clause, number, is_block=opens and closes))
        found = statements.claims()
        spans = [claim.span for claim in found]
        rest = [
            n
            for n, item in enumerate(clause.items)
            if item.quoted and not any(span.contains(item.quoted.span) for span in spans)
        ]
        if rest:
            found += _standing_alone(statements, clauses, number, rest, claims, alone=not found)
        claims += found
    return [*_joined(claims), *_claims_of(turns, clauses)]


def _claims_of(turns: Sequence[Turn], clauses: Sequence[Clause]) -> Iterator[Claim]:
    starts = [clause.items[0].start for clause in clauses]
    for turn in turns:
        number = max(0, bisect_right(starts, turn.span.start) - 1)
        yield Claim(
            span=turn.span,
            direct=False,
            quotes=0,
            cue=Span(turn.span.start, turn.span.start),
            lemma=":",
            group=Group.SAY,
            mention=turn.label,
            clause=number,
            block=clauses[number].block,
            lead=turn.lead,
        )


def _joined(claims: Sequence[Claim]) -> list[Claim]:
    """Attribute a quote that runs on into the next paragraph to the speaker there."""
    kept = list(claims)
    for n in range(len(kept) - 2, -1, -1):
        first, then = kept[n], kept[n + 1]
        if first.runs_on and first.mention is None and then.clause > first.clause and then.direct:
            first.cue, first.mention, first.reporter = then.cue, then.mention, then.reporter
    return kept


def _standing_alone(
    statements: Statements,
    clauses: Sequence[Clause],
    number: int,
    rest: Sequence[int],
    before: Sequence[Claim],
    *,
    alone: bool,
) -> list[Claim]:
    """Return claims for the quotes without a cue in their own sentence, attributed to the last speaker if any."""
    clause = clauses[number]
    items = clause.items
    bare = all(not item.word for item in items)
    found: list[Claim] = []
    for n in rest:
        item = items[n]
        if item.quoted is None:
            continue
        size = len(statements.sentence.inner(n).split())
        if _heads(statements.sentence, n):
            continue
        signed = None if bare else signed_by(statements.sentence, n)
        if signed is not None:
            cue, name = signed
            found.append(statements.make((n, n + 1), cue, _SIGNED, Group.SAY, name))
            continue
        if not bare:
            trailing = _trailing(statements, n)
            if trailing is not None:
                found.append(trailing)
                continue
            leads = n == 0 and alone and size > 3 and _last_speaker(clauses, number, before) is not None
            if n and items[n - 1].text == ":":
                subject = main_subject(items, n)
                if subject is not None:
                    made = statements.make((n, n + 1), (n - 1, n), ":", Group.SAY, subject)
                    found.append(made)
                continue
            if not leads:
                if size > 4 and not clause.headline and not _is_title(statements.sentence.inner(n)):
                    made = statements.make((n, n + 1), (n, n + 1), "", None, None)
                    made.cue = Span(item.start, item.start)
                    found.append(made)
                continue
        last = _last_speaker(clauses, number, before)
        if last is None:
            colon = _announced(clauses, number)
            if colon is not None:
                found.append(colon.to(item, number, clause.block))
            elif size > 7 and not clause.headline:
                made = statements.make((n, n + 1), (n, n + 1), "", None, None)
                made.cue = Span(item.start, item.start)
                made.runs_on = item.quoted.runs_on
                made.alone = bare
                found.append(made)
            continue
        made = statements.make((n, n + 1), (n, n + 1), last.lemma, last.group or Group.SAY, None)
        made.cue, made.mention, made.reporter = last.cue, last.mention, last.reporter
        made.alone = bare and last.mention is None
        found.append(made)
    return found


def _heads(sentence: Sentence, n: int) -> bool:
    """Say whether a quote is a heading: ‘I put her in a hole’, or ‘No confidence’: Desjardins."""
    items, inner = sentence.items, sentence.inner(n).rstrip()
    short = len(inner.split()) <= _MAX_HEADING_WORDS and inner[-1:].isalnum() and n == 0
    sourced = len(items) > 2 and items[1].text == ":" and all(item.capital for item in items[2:] if item.word)
    return short and (len(items) == 1 or sourced) and sentence.is_block


def _is_title(quote: str) -> bool:
    """Say whether a quote is a work's title by its capitals: “A Tale of Two Cities”."""
    words = [word for word in quote.split() if len(word) > 3]
    return bool(words) and all(not word[:1].islower() for word in words)


def _last_speaker(clauses: Sequence[Clause], number: int, before: Sequence[Claim]) -> Claim | None:
    if not before:
        return None
    block = clauses[number].block
    previous = clauses[number - 1] if number else None
    if previous is None:
        return None
    last = before[-1]
    if last.lemma == _SIGNED:
        # Each of several voices signs its own words.
        return None
    if last.clause == number - 1 and last.group is not Group.ACT:
        return last
    if last.block == block and last.clause >= number - 2:
        return last
    return None


@dataclass(frozen=True, slots=True)
class _Announcement:
    cue: Span
    mention: Span | None

    def to(self, item: Item, number: int, block: int) -> Claim:
        return Claim(
            span=Span(item.start, item.end),
            direct=True,
            quotes=1,
            cue=self.cue,
            lemma=":",
            group=Group.SAY,
            mention=self.mention,
            clause=number,
            block=block,
        )


def _announced(clauses: Sequence[Clause], number: int) -> _Announcement | None:
    """Return the speaker whom the sentence before a quote names, as in "Szabo had an answer ready:", or None."""
    if number == 0:
        return None
    items = clauses[number - 1].items
    if items[-1].text != ":":
        return None
    cued_verbs = find_cued_verbs(clauses[number - 1])
    cue = cued_verbs[-1].cue if cued_verbs else (len(items) - 1, len(items))
    subject = cued_verbs[-1].subject if cued_verbs else main_subject(items, len(items))
    if subject is None and not cued_verbs:
        # In "And from Chairwoman Rosa Wexler:" the last name speaks.
        last = left_phrase(items, len(items) - 1)
        subject = last if last is not None and items[last[1] - 1].capital else None
    if subject is None:
        return None
    return _Announcement(
        Span(items[cue[0]].start, items[cue[1] - 1].end), Span(items[subject[0]].start, items[subject[1] - 1].end)
    )


def _trailing(statements: Statements, n: int) -> Claim | None:
    """Return the claim of a quote whose cue comes much later, as in “…,” Anna Kovach, the mayor, told us; or None."""
    items = statements.items
    if not statements.sentence.inner(n).rstrip().endswith((",", "?", "!")) or n + 2 >= len(items):
        return None
    source = right_phrase(items, n + 1)
    if source is None or not (items[n + 1].capital or items[n + 1].low in DETERMINERS or items[n + 1].low in ROLES):
        return None
    for at in range(source[1], min(len(items), source[1] + 35)):
        cue = CUES.get(items[at].low)
        if items[at].quoted is not None:
            return None
        if cue is not None and cue.group in (Group.SAY, Group.TELL) and Form.PAST in cue.forms and cue.lemma != "quote":
            return statements.make(statements.sentence.quote_stretch(n + 1), (at, at + 1), cue.lemma, cue.group, source)
    return None
