"""Recognise sentences that claim nothing: questions, remarks on the answer itself, and "there is no answer"."""

import re
from enum import StrEnum

from onrecord.index.text.english.word_sets import word_set
from onrecord.index.text.terms import stem
from onrecord.service.answers.facts.parsed_text import ParsedText

_NO_ANSWER = re.compile(
    r"\b(?:passages?|articles?|sources?|archive|texts?|excerpts?|information|context)\b.{0,80}"
    r"\b(?:not|no|n[’']t|cannot|nothing|insufficient|lacks?)\b"
    r"|\b(?:no|not enough|insufficient) (?:\w+ ){0,2}(?:information|answer|mention|evidence)\b"
    r"|\bcan(?:not|[’']t| not) (?:be )?(?:answer|find|determine)|^\W*no[_ ]answer\W*$",
    re.IGNORECASE | re.DOTALL,
)
_QUESTION = re.compile(r"\?\W*$")
_ABOUT_ITSELF = frozenset(
    stem(word)
    for word in word_set(
        "here article articles say says said passage passages source sources following follow answer answers "
        "question according provided provide information summary summarise summarize summarised based context "
        "available archive report reports reported state states mention mentions find found show shown shows "
        "below above relevant text texts detail details overall conclusion conclude sure certainly help hope let "
        "know note regarding key point points quote quotes cite cited citation citations several various "
        "different different content read brief short please feel free ask"
    )
)
"""Stems of the words in which a language model speaks of its own answer."""


class Remark(StrEnum):
    """A kind of sentence that claims nothing."""

    NO_ANSWER = "no answer"
    """The sentence says that the passages do not answer."""
    ASIDE = "aside"
    """The sentence asks, or speaks of the answer itself."""


def find_remark(sentence: ParsedText, question: frozenset[str]) -> Remark | None:
    """Return the kind of a sentence that claims nothing; None if it claims something.

    `question`: the stems of the question that the language model was asked.
    """
    states = bool(sentence.quoted or sentence.figures)
    stems = sentence.content_stems
    own = _ABOUT_ITSELF | question
    if not states and _NO_ANSWER.search(sentence.text) and len(stems - own) <= max(2, len(stems) // 3):
        return Remark.NO_ANSWER
    asks = not sentence.quoted and _QUESTION.search(sentence.text)
    # "Here is what Putin said about legality:" announces the answer in the words of the question.
    tells_of_itself = not states and (stems <= _ABOUT_ITSELF or (sentence.text.endswith(":") and stems <= own))
    if asks or tells_of_itself or not re.search(r"\w", sentence.text):
        return Remark.ASIDE
    return None
