"""Search for the speaker whom a mention beside a cue means: by a name, a title, or "he" and "she"."""

import re
from collections import defaultdict
from collections.abc import Sequence

from onrecord.index.speech.claims.statements import Claim
from onrecord.index.speech.grammar.tokens import Clause
from onrecord.index.speech.people.cast import Cast, Person
from onrecord.index.text.english.names import Gender, gender_of
from onrecord.index.text.english.titles import ROLES
from onrecord.index.text.english.word_sets import any_of, word_set
from onrecord.index.values import Span

_HE = {"he": Gender.HE, "him": Gender.HE, "she": Gender.SHE, "her": Gender.SHE, "his": Gender.HE}
_GENDERS = {"man": Gender.HE, "boy": Gender.HE, "woman": Gender.SHE, "girl": Gender.SHE}
_SOMEBODY = re.compile(r"the (?:\w+ )?(?P<noun>man|woman|boy|girl|mother|father|actor|actress|[1-9]\d-year-old)\b")
"""Descriptions that stand for somebody who was named, as a pronoun does."""
_PERSONAL = re.compile(rf"\b(?:{any_of(ROLES)})\b|[^\W\d_a-z]\w")
"""What a mention of somebody has: a role, or a word with a capital."""
_NOBODY = word_set("they them it we us i me you one that which this these those their its our my himself herself")
_MAX_SENTENCES_BACK = 8
"""Sentences before its own that are searched for the person whom a pronoun means."""
_MAX_PARAGRAPHS_BACK = 3
"""Paragraphs before its own that are searched."""

Speaker = Person | str


class Resolver:
    """A resolver that tells who speaks in each claim, or nobody, where it is not certain."""

    def __init__(self, text: str, clauses: Sequence[Clause], cast: Cast, claims: Sequence[Claim]) -> None:
        self._text = text
        self._clauses = clauses
        self._cast = cast
        self._known: dict[Span, list[Speaker]] = {}
        self._alone: dict[Span, list[Speaker]] = {}
        self._strange: dict[int, bool] = {}
        """Whether somebody who is not known speaks in a sentence, by its number; all of its claims are resolved."""
        self._spoken: dict[int, list[Speaker]] = defaultdict(list)
        self._by_clause: dict[int, list[Claim]] = defaultdict(list)
        for claim in claims:
            self._by_clause[claim.clause].append(claim)
        first = min((claim.span.start for claim in claims if claim.lead), default=None)
        lead = None if first is None else cast.lead(first)
        self._lead: list[Speaker] = [] if lead is None else [lead]
        for claim in sorted(claims, key=lambda c: (c.clause, c.cue)):
            self._spoken[claim.clause] += self._resolve(claim)

    def speakers(self, claim: Claim) -> list[Speaker]:
        """Return the speakers of a claim: one, several who share the words, or none if it is not certain."""
        if claim.lead:
            return self._lead
        return self._alone.get(claim.span, []) if claim.mention is None else self._known.get(claim.mention, [])

    def reporter(self, claim: Claim) -> str | None:
        """Return the source that passes the words on, as TASS does in "TASS quoted Ushakov as saying", or None."""
        if claim.reporter is not None:
            people = self._cast.people_in(claim.reporter)
            return _name(people[0]) if len(people) == 1 else self._cast.body_in(claim.reporter)
        mine = self.speakers(claim)
        if not mine or claim.mention is None:
            return None
        for other in self._by_clause[claim.clause]:
            if other is claim or not other.span.contains(claim.span) or not other.span.contains(claim.mention):
                continue
            theirs = self.speakers(other)
            if len(theirs) == 1 and isinstance(theirs[0], str) and theirs != mine:
                body = set(theirs[0].split())
                return None if any(isinstance(m, str) and body & set(m.split()) for m in mine) else theirs[0]
        return None

    def _resolve(self, claim: Claim) -> list[Speaker]:
        mention = claim.mention
        if claim.lead:
            return self._lead
        if mention is None:
            person = self._pronoun(Span(claim.span.start, claim.span.start), claim, None) if claim.alone else None
            self._alone[claim.span] = [] if person is None else [person]
            return self._alone[claim.span]
        if mention not in self._known:
            self._known[mention] = self._look_up(mention, claim)
        return self._known[mention]

    def _look_up(self, mention: Span, claim: Claim) -> list[Speaker]:
        words = mention.of(self._text).lower()
        if words in _HE:
            person = self._pronoun(mention, claim, _HE[words])
            return [] if person is None else [person]
        if words == "who":
            person = self._antecedent(mention, claim)
            return [] if person is None else [person]
        if words in _NOBODY:
            return []
        found = self._cast.people_in(mention)
        if found:
            return list(found)
        described = self._cast.described(mention)
        if described is None and (match := _SOMEBODY.match(words)):
            described = self._pronoun(mention, claim, gender_of(match["noun"]) or _GENDERS.get(match["noun"]))
        return [] if described is None else [described]

    def _antecedent(self, mention: Span, claim: Claim) -> Person | None:
        before = [seen for seen in self._cast.seen[claim.clause] if seen.start < mention.start]
        if not before:
            return None
        last = before[-1]
        between = self._text[last.start : mention.start]
        return last.person if len(between) < 60 and between.count(",") <= 2 and " and " not in between else None

    def _pronoun(self, mention: Span, claim: Claim, gender: str | None) -> Person | None:
        """Return the nearest person whom a pronoun of this gender fits, in this sentence or those before; or None."""
        here = [
            seen
            for seen in self._cast.seen[claim.clause]
            if seen.start < mention.start and not claim.span.start <= seen.start < claim.span.end
        ]
        people = _distinct([seen.person for seen in here if _fits(seen.person, gender)])
        if len(people) == 1:
            return people[0]
        if len(people) > 1:
            first = here[0]
            return first.person if first.subject and _fits(first.person, gender) else None
        block = self._clauses[claim.clause].block
        crossed, limit = 0, 1 if claim.alone else _MAX_PARAGRAPHS_BACK
        for number in range(claim.clause - 1, max(-1, claim.clause - 1 - _MAX_SENTENCES_BACK), -1):
            clause = self._clauses[number]
            if clause.headline:
                return None
            if clause.items[-1].text == "?":
                # An interviewer's question names whom it asks about.
                continue
            if clause.block != block:
                crossed += any(item.word for item in clause.items)
                block = clause.block
                if crossed > limit:
                    return None
            speakers = _distinct([s for s in self._spoken[number] if isinstance(s, Person) and _fits(s, gender)])
            if len(speakers) == 1:
                return speakers[0]
            if gender and _HE.get(clause.items[0].low) == gender and not speakers:
                # That sentence begins with the same pronoun, so it is about the same person.
                continue
            seen = [s for s in self._cast.seen[number] if _fits(s.person, gender)]
            if speakers or self._cast.stranger(clause.items) or self._somebody_spoke(number) or _introduces(clause):
                return None
            if seen and seen[0].subject:
                return seen[0].person
            if seen and not any(_HE.get(item.low) == gender for item in clause.items if gender):
                # Without a "he" in the sentence as well, it is not certain that somebody else is meant.
                return None
        return None

    def _somebody_spoke(self, number: int) -> bool:
        """Say whether somebody who is not known speaks in a sentence, by another mention than a pronoun."""
        if number not in self._strange:
            self._strange[number] = self._has_strange_speaker(number)
        return self._strange[number]

    def _has_strange_speaker(self, number: int) -> bool:
        return any(
            claim.mention is not None
            and not any(isinstance(speaker, Person) for speaker in self.speakers(claim))
            and _PERSONAL.search(claim.mention.of(self._text))
            and claim.mention.of(self._text).lower() not in _HE.keys() | _NOBODY
            for claim in self._by_clause[number]
        )


def _introduces(clause: Clause) -> bool:
    """Say whether a sentence begins with somebody who is not named: "A spokeswoman for the port"."""
    first, *others = (item.low for item in clause.items[:4])
    return first in ("a", "an", "another", "one") and not ROLES.isdisjoint(others)


def _fits(person: Person, gender: str | None) -> bool:
    return gender is None or person.gender is None or person.gender == gender


def _distinct(people: Sequence[Person]) -> list[Person]:
    kept: list[Person] = []
    for person in people:
        if person not in kept:
            kept.append(person)
    return kept


def _name(speaker: Speaker) -> str:
    return speaker.name if isinstance(speaker, Person) else speaker
