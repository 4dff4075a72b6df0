"""Check that a sentence gives words to the speaker who said them."""

import re

from onrecord.index.speech.people.same_person import same_person
from onrecord.index.text.terms import fold_case, stem
from onrecord.service.answers.prose.gate.claim import Claim
from onrecord.service.answers.prose.gate.evidence import Evidence

_DENIES = re.compile(r"\b(?:den(?:y|ies|ied|ying)|disput\w+|reject\w*|dismiss\w*)\b", re.IGNORECASE)


def check_speakers(claim: Claim, evidence: Evidence) -> str | None:
    """Refuse words that the sentence gives to another speaker than the passage does."""
    every = [(evidence.parse(theirs.text).stem_set, theirs) for place in evidence.places for theirs in place.quotations]
    for quotation in claim.quotations:
        if _DENIES.search(claim.text[: quotation.span.start]):
            # A speaker who denies it says the reverse of what another one said.
            continue
        name = quotation.speaker or quotation.speaker_mention
        if not name:
            continue
        wanted = evidence.parse(quotation.text).content_stems
        said = [(len(wanted & stems), theirs) for stems, theirs in every]
        most = max((shared for shared, _ in said), default=0)
        nearest = [theirs for shared, theirs in said if shared == most and most * 2 >= len(wanted)]
        named = [theirs.speaker for theirs in nearest if theirs.speaker]
        if named and not any(
            _may_be(name, other, evidence.parse(theirs.role or "").stem_set)
            for theirs in nearest
            for other in (theirs.speaker, theirs.speaker_mention)
            if other
        ):
            return f"it gives the words to {name}, and the passage to {named[0]}"
    return None


def _may_be(name: str, other: str, role: frozenset[str]) -> bool:
    """Say whether `name`, a name or a description, may mean the speaker `other`, whose role has these stems."""
    ours, theirs = set(fold_case(name).split()), set(fold_case(other).split())
    if not name[:1].isupper() or same_person(name, other) or ours & theirs:
        return True
    return bool({stem(word) for word in ours} & role)
