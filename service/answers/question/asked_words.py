"""Read questions for somebody's words: whose words, about what, and which kind of words answers."""

import re
from dataclasses import dataclass
from enum import StrEnum

from onrecord.index.text.english.names import NAME_LIST_PATTERN
from onrecord.index.text.english.sayings import ASKED_SAYINGS, ASKED_STANDS, ASKED_TALK, Form, spellings_of
from onrecord.index.text.english.word_sets import any_of

# "State" is more often a noun than a verb, so it counts in small letters only.
_SAY = any_of(spellings_of(ASKED_SAYINGS, Form.BASE, Form.PAST, Form.DONE) - {"state"}) + "|(?-i:state)"
_TAKE_A_STAND = any_of(ASKED_STANDS)
_LIST = rf"(?-i:{NAME_LIST_PATTERN})"
_TALK = any_of(spellings_of(ASKED_TALK, Form.BASE, Form.PAST, Form.DONE))
_WHAT_DID_X_SAY = re.compile(
    r"\b(?:what|how|why)(?:'s|’s)? (?:else )?(?:did|does|do|has|have|had) "
    r"(?P<who>" + _LIST + r"|(?!the state\b)[^?,;]{2,60}?|the state[^?,;]{0,50}?) "
    r"(?:(?:ever|also|really|publicly|actually|just|have|had) )*"
    rf"(?:(?P<verb>{_SAY})|{_TAKE_A_STAND})\b(?P<topic>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_ACCORDING_TO_X = re.compile(
    rf"^(?P<topic>.{{3,}}?),? according to (?P<who>{_LIST}|[^?,;]{{2,60}})[?.! ]*$", re.IGNORECASE | re.DOTALL
)
_BY_WHAT_IS_READ = re.compile(
    r"(?:the |this |these |that |your |an? )?(?:news |press |media )?"
    r"(?:articles?|texts?|reports?|story|stories|passages?|archive|news|press|media|authors?|sources?)",
    re.IGNORECASE,
)
"""Sources as in "according to the article", which ask for nobody's words."""
_WHO_SAID = re.compile(
    rf"^\W*who(?: else)? (?:has |had )?(?:{_SAY}|says|thinks|claims)\b(?P<topic>.*)$", re.IGNORECASE | re.DOTALL
)
_VIEWS = (
    "position|stance|views?|opinions?|attitude|thoughts?|take|reaction|response|comments?|remarks?|statements?|"
    "assessment|words|message|warning|promise|demands?"
)
_WHAT_IS_XS_VIEW = re.compile(
    r"^\W*(?:what(?:'s|’s| is| are| was| were) )?(?:the )?"
    rf"(?:(?P<owner>[^?,;]{{2,60}}?)(?:'s|’s|s'|s’) (?:{_VIEWS})"
    rf"|(?:{_VIEWS}) (?:of|by|from) (?P<author>[^?,;]{{2,60}}?))"
    r" (?:on|about|of|to|towards?|regarding|concerning|over)\b(?P<topic>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_DID_X_SAY = re.compile(
    r"^\W*(?:did|does|has|have|had) (?P<who>(?!(?:I|you|we|they|any|some|anyone|anybody|someone|somebody|it|there)\b)"
    rf"(?:{_LIST}|[^?,;]{{2,60}}?)) (?:(?:ever|also|really|publicly|actually|already|yet) )*(?:"
    rf"{_TALK})\b(?: anything| something)?(?P<topic>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_LEADING = re.compile(
    r"^[\s?.,!]*(?:(?:about|of|on|regarding|concerning|over|that|to|as|when|in|for)\b)?\s*", re.IGNORECASE
)


class WordsKind(StrEnum):
    """A kind of words that a question asks for."""

    SAID = "said"
    """The words that somebody said: "what did X say about Y". Only quotations answer."""
    DENIED = "denied"
    """The words with which somebody denied something: "what did X deny"."""
    ACCOUNT = "account"
    """The facts by somebody's account: "Y, according to X"."""
    VIEW = "view"
    """Somebody's view: "X's view of Y", "did X mention Y", "what did X want". The words of others answer as well."""
    OF_ANYBODY = "of anybody"
    """The words of any speaker: "who said that Y"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedWords:
    """A question for somebody's words: the kind of words, the speaker and the topic."""

    kind: WordsKind
    who: str | None
    """The speaker as the question writes it; None if the question asks who speaks."""
    topic: str
    """The topic as the question writes it; "" if it asks for any words of the speaker."""


def read_asked_words(text: str) -> AskedWords | None:
    """Return the speaker and topic of a question for somebody's words; None for any other question.

    Such questions are "what did X say about Y", "how did X describe Y" (and want, propose …), "X's view of Y", "did X
    mention Y", "Y, according to X" and "who said that Y".
    """
    if match := _WHO_SAID.search(text):
        return AskedWords(kind=WordsKind.OF_ANYBODY, who=None, topic=_topic(match["topic"]))
    if match := _WHAT_DID_X_SAY.search(text):
        verb, topic = (match["verb"] or "").lower(), _topic(match["topic"])
        if not (verb or topic):
            return None
        denied = verb in {"deny", "denied"}
        kind = WordsKind.DENIED if denied else WordsKind.SAID if verb else WordsKind.VIEW
        return AskedWords(kind=kind, who=match["who"].strip(), topic=topic)
    if match := _ACCORDING_TO_X.search(text):
        who = match["who"].strip()
        if _BY_WHAT_IS_READ.fullmatch(who):
            return None
        # "Its foreign minister" or "officials" describes a speaker in other words than the article may use.
        described = who.islower() and not text.strip()[1:].islower()
        kind = WordsKind.VIEW if described else WordsKind.ACCOUNT
        return AskedWords(kind=kind, who=who, topic=_topic(match["topic"]))
    if match := _WHAT_IS_XS_VIEW.search(text):
        who = (match["owner"] or match["author"]).strip()
        return AskedWords(kind=WordsKind.VIEW, who=who, topic=_topic(match["topic"]))
    if match := _DID_X_SAY.search(text):
        return AskedWords(kind=WordsKind.VIEW, who=match["who"].strip(), topic=_topic(match["topic"]))
    return None


def _topic(text: str) -> str:
    return text[match.end() :].strip(" ?.!") if (match := _LEADING.match(text)) else text
