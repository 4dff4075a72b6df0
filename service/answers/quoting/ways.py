"""The ways of answering a question, and the ways that are tried for each kind of question.

Each way takes an inquiry and returns a choice, or None to leave the question to the next way.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from onrecord.index.speech.quotations import Quotation
from onrecord.index.text.terms import fold_case
from onrecord.service.answers.facts.parsed_text import ParsedText
from onrecord.service.answers.question.asked_words import WordsKind
from onrecord.service.answers.quoting.described_person import DescribedPerson
from onrecord.service.answers.quoting.inquiry import Choice, Inquiry

Way = Callable[[Inquiry], Choice | None]

_ANY_WORDS_CONFIDENCE = 0.9
"""The confidence of an answer to a question for any words of a speaker: the share of attributions that are right."""


_ABOUT_AN_ARTICLE = re.compile(
    r"\bwho (?:wrote|authored|reported|published|is the (?:author|writer|reporter) (?:of|behind))\b.*"
    r"\b(?:article|story|report|piece|column|text)\b"
    r"|\b(?:when|where) (?:was|did) (?:the|this|that) (?:article|story|report|piece|column)\b.*"
    r"\b(?:published|appear\w*|printed|written|posted)\b"
    r"|\b(?:which|what) (?:newspaper|paper|outlet|agency|site|publisher|magazine)\b.*"
    r"\b(?:published|ran|printed|carried)\b",
    re.IGNORECASE | re.DOTALL,
)
"""Questions about an article's data, which no sentence of it answers; the closest quote shows the data."""
_MIN_QUOTED_WORDS = 2
"""Words in quotation marks of a question that are looked up as they stand."""
_UNATTRIBUTED_SHARE = 0.4
"""The share of closest sentences that are the speaker's words although none were found as such: 6 of 16 in a test."""


def choose(inquiry: Inquiry) -> Choice:
    """Return the first choice that one of the ways for this kind of question makes."""
    if _ABOUT_AN_ARTICLE.search(inquiry.text):
        return closest_sentences(inquiry)
    for way in WAYS[inquiry.asked.kind if inquiry.asked else None]:
        if choice := way(inquiry):
            return choice
    raise AssertionError("The last way always makes a choice.")


def any_sentence(inquiry: Inquiry) -> Choice:
    """Choose among all sentences, or among those with words of the speakers in the filters."""
    speakers = frozenset(inquiry.filters.speakers or ())
    return _rank_all(inquiry, speakers)


def words_as_quoted(inquiry: Inquiry) -> Choice | None:
    """Choose the sentences that hold the words in the question's quotation marks; None if none do."""
    quoted = [_folded(inquiry.parse(words)) for words in inquiry.parse(inquiry.text).quoted]
    wanted = [words for words in quoted if len(words.split()) >= _MIN_QUOTED_WORDS]
    if not wanted:
        return None
    found = inquiry.search()
    holding = found.allow(lambda sentence, _: all(words in _folded(sentence) for words in wanted))
    if not any(holding.values()):
        return None
    ranking = inquiry.evidence.rank(inquiry.question, found, holding)
    ranking = replace(ranking, confidence=_ANY_WORDS_CONFIDENCE, answers=True)
    return Choice(inquiry=inquiry, question=inquiry.question, found=found, ranking=ranking)


def words_on_topic(inquiry: Inquiry) -> Choice | None:
    """Choose among the words of all speakers, for "who said that Y"; None if the question names no topic."""
    if inquiry.asked is None or not inquiry.asked.topic:
        return None
    found, speakers = inquiry.search(), inquiry.filters.speakers
    said = found.allow(
        lambda _, quotations: any(q.speaker and (speakers is None or q.speaker in speakers) for q in quotations)
    )
    ranking = inquiry.evidence.rank(inquiry.topic, found, said, asked=inquiry.text)
    return Choice(inquiry=inquiry, question=inquiry.topic, found=found, ranking=ranking)


def their_words(inquiry: Inquiry) -> Choice | None:
    """Choose among the words of the speaker in the question; None if none of them answer."""
    return _words_of(inquiry, inquiry.respelt, lambda quotation: True)


def their_denials(inquiry: Inquiry) -> Choice | None:
    """Choose among the denials of the speaker in the question; None if none of them answer."""
    return _words_of(inquiry, inquiry.respelt, lambda quotation: quotation.denied)


def their_words_or_any_sentence(inquiry: Inquiry) -> Choice:
    """Choose the surer of their words and all sentences, because what others write of a view answers too."""
    theirs = _words_of(inquiry, inquiry.named, lambda quotation: True)
    anybody = any_sentence(inquiry)
    return theirs if theirs and theirs.ranking.confidence >= anybody.ranking.confidence else anybody


def reports_of_their_words(inquiry: Inquiry) -> Choice | None:
    """Choose among sentences, not the words of others, that report the speaker's words; None if none answer."""
    return _written_of(inquiry, DescribedPerson.is_reported_in)


def sentences_about_them(inquiry: Inquiry) -> Choice | None:
    """Choose among sentences, not the words of others, that name the speaker; None if none answer."""
    return _written_of(inquiry, DescribedPerson.is_in)


def closest_sentences(inquiry: Inquiry) -> Choice:
    """Choose the closest sentences without answering, because the archive has no such words of the speaker."""
    choice = _rank_all(inquiry, frozenset())
    who = inquiry.asked.who if inquiry.asked else None
    ranking = replace(choice.ranking, confidence=_UNATTRIBUTED_SHARE * choice.ranking.confidence, answers=False)
    return replace(choice, ranking=ranking, not_on_record=who)


WAYS: Mapping[WordsKind | None, Sequence[Way]] = {
    None: (any_sentence,),
    WordsKind.OF_ANYBODY: (words_as_quoted, words_on_topic, any_sentence),
    WordsKind.SAID: (their_words, reports_of_their_words, closest_sentences),
    WordsKind.DENIED: (their_denials, reports_of_their_words, closest_sentences),
    WordsKind.ACCOUNT: (their_words, sentences_about_them, closest_sentences),
    WordsKind.VIEW: (their_words_or_any_sentence,),
}
"""The ways that are tried, in order, for each kind of question; None stands for a question for nobody's words."""


def _folded(text: ParsedText) -> str:
    """Return the words of a text in lower case, as they follow each other."""
    return " ".join(map(fold_case, text.words))


def _rank_all(inquiry: Inquiry, speakers: frozenset[str]) -> Choice:
    found = inquiry.search()
    allowed = found.allow(lambda _, quotations: any(q.speaker in speakers for q in quotations)) if speakers else None
    ranking = inquiry.evidence.rank(inquiry.question, found, allowed)
    return Choice(inquiry=inquiry, question=inquiry.question, found=found, ranking=ranking, speakers=speakers)


def _words_of(inquiry: Inquiry, names: frozenset[str], counts: Callable[[Quotation], bool]) -> Choice | None:
    """Rank the quotations of these speakers that count by how well they fit the topic; None if none answer."""
    if inquiry.filters.speakers is not None:
        names &= frozenset(inquiry.filters.speakers)
    if not names:
        return None
    found = inquiry.search(names)
    allowed = found.allow(lambda _, quotations: any(q.speaker in names and counts(q) for q in quotations))
    # The speaker is known, so the sentences are ranked by the topic alone, without the name.
    ranking = inquiry.evidence.rank(inquiry.topic, found, allowed, asked=_in_short(inquiry))
    if inquiry.topic is inquiry.question and ranking.candidates:
        ranking = replace(ranking, confidence=_ANY_WORDS_CONFIDENCE, answers=True)
    return _if_answering(Choice(inquiry=inquiry, question=inquiry.topic, found=found, ranking=ranking, speakers=names))


def _in_short(inquiry: Inquiry) -> str:
    """Return a question for what somebody said without what stands before it, by which a reader is misled."""
    asked = inquiry.asked
    if asked is None or asked.kind is not WordsKind.SAID or not asked.who or not asked.topic:
        return inquiry.text
    return f"What did {asked.who} say about {asked.topic}?"


def _written_of(
    inquiry: Inquiry, is_about: Callable[[DescribedPerson, ParsedText, Sequence[Quotation]], bool]
) -> Choice | None:
    """Rank the sentences about the person in the question; None if none answer, or if filters ask for quotations."""
    if inquiry.asked is None or inquiry.asked.who is None or inquiry.filters.speakers is not None:
        return None
    found = inquiry.search()
    person = DescribedPerson.from_question(inquiry.asked.who, inquiry.respelt, inquiry.parse)
    about = found.allow(lambda sentence, quotations: is_about(person, sentence, quotations))
    ranking = inquiry.evidence.rank(inquiry.topic, found, about, asked=inquiry.text)
    return _if_answering(Choice(inquiry=inquiry, question=inquiry.topic, found=found, ranking=ranking))


def _if_answering(choice: Choice) -> Choice | None:
    """Return the choice if it answers and its best sentence speaks of the topic, else None."""
    ranking, inquiry = choice.ranking, choice.inquiry
    if not ranking.answers:
        return None
    # The right speaker alone is no answer.
    names_topic = inquiry.topic is not inquiry.question
    if names_topic and not inquiry.evidence.speaks_of(inquiry.topic.text, choice.found, ranking.candidates[0]):
        return None
    return choice
