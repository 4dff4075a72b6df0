"""A test that tells cues from nouns of the same spelling: "reports that" and "the reports"."""

from collections.abc import Sequence

from onrecord.index.speech.grammar.tokens import Item
from onrecord.index.text.english.function_words import ADVERBS, DETERMINERS, FINITE, PREPOSITIONS, PRONOUNS
from onrecord.index.text.english.sayings import NEVER_NOUNS, NOUNS_TOO, Cue, Form
from onrecord.index.text.english.word_sets import word_set

NOUN_LEADS = word_set(
    "the a an this that these those his her their its our my your some any no of more new such several many on for"
)


def item_is_noun(items: Sequence[Item], at: int, position: int, cue: Cue) -> bool:
    """Say whether a word that is spelt like a cue is a noun or an adjective in this sentence."""
    low = items[at].low
    if cue.forms & {Form.PAST} or cue.lemma in NEVER_NOUNS:
        return False
    lead = items[position] if position >= 0 else None
    if lead is None or lead.quoted is not None:
        return True
    if lead.low in PRONOUNS:
        return False
    if position < at - 1 and items[at - 1].low not in ADVERBS:
        # An auxiliary between the two words shows a verb: "will claim".
        return False
    following = items[at + 1] if at + 1 < len(items) else None
    stated = following is not None and (
        following.quoted is not None or following.low in _STATED or following.text == ":"
    )
    if lead.low in ("and", "but") or lead.text == ",":
        return low in NOUNS_TOO and not stated
    if following is not None and following.low in FINITE:
        return True
    if lead.low in DETERMINERS and not (lead.low in _MANY and low not in NOUNS_TOO):
        return True
    if not lead.capital and low in NOUNS_TOO:
        plural = lead.low.endswith("s") or lead.low in ("people", "police")
        if (Form.THIRD in cue.forms) == plural or not stated or low == "states" and lead.low not in _STATING:
            return True
    if lead.low == "that" or lead.low in PREPOSITIONS or lead.low in _ADJECTIVES or lead.low in NOUN_LEADS:
        return True
    if lead.text[:1].isdigit():
        return True
    if following is None or low not in NOUNS_TOO:
        return False
    if lead.capital or lead.text == ")":
        return following.low in _AFTER_NOUNS or following.text in (",", ".", ";")
    return not stated


SINGULAR = word_set("the a an his her its this their")
_MANY = word_set("some many most several few all both")
_STATING = word_set("report statement letter document law rule bill article constitution complaint suit policy")
_STATED = word_set("that how why whether if he she it they there we")
_ADJECTIVES = word_set(
    "recent new own public private past racial latest coastal federal local other old last first early late good "
    "bad political personal repeated previous republican democratic national few major key sexist"
)
_AFTER_NOUNS = word_set(
    "of from by and or on about in with against is are was were has have had will would could should may might"
)
