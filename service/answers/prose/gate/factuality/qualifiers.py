"""Words before a noun that make it less than it says: a former minister is none, a suspected killer may be none."""

from collections.abc import Iterator, Sequence

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
_FIRST_PARTS = word_set("self so would")
"""First parts of qualifiers that the parser cuts at the hyphen: "self-styled"."""


def lost_qualifier(claim: ParsedSentence, evidence: ParsedSentence) -> tuple[str, str] | None:
    """Return a qualifier of the evidence and its noun, where the claim has the noun alone; None if there is none."""
    qualified = list(_qualified(evidence))
    places = {noun.at for _, noun, _ in qualified}
    bare = {word.root for word in evidence.words if word.is_noun and word.at not in places}
    kept = claim.folded | {written for written, _, _ in _qualified(claim)}
    for qualifier, noun, group in qualified:
        if noun.root in bare or group & kept or (group is FORMER and kept & FORMERLY):
            continue
        if any(one.root == noun.root and (one.is_noun or one.tag == noun.tag) for one in claim.words):
            return qualifier, noun.text
    return None


def _qualified(sentence: ParsedSentence) -> Iterator[tuple[str, Word, frozenset[str]]]:
    """Yield each qualifier as it is written, the common noun that it is about, and the words that say the same."""
    words = sentence.words
    for word in words:
        written, after = word.folded, word.at + 1
        if after + 1 < len(words) and words[after].text == "-":
            if written == "ex":
                after += 1
            elif written in _FIRST_PARTS:
                written, after = f"{written}-{words[after + 1].folded}", after + 2
        group = next((one for one in _GROUPS if written in one), None)
        if group is None or (word.is_verb and word.relation not in {"amod", "compound", "nmod"} and "-" not in written):
            continue
        noun = _noun_after(words, after)
        if noun is not None:
            yield written, noun, group


def _noun_after(words: Sequence[Word], at: int) -> Word | None:
    """Return the last noun, or else the last adjective, of the run of them at a position, before a person's name."""
    found = None
    for word in words[at:]:
        is_person = word.entity == "PERSON"
        if not word.tag.startswith(("NN", "JJ", "VBG", "HYPH")) or (is_person and found is not None):
            break
        if not is_person and (found is None or word.is_noun or not found.is_noun):
            found = word
    return found
