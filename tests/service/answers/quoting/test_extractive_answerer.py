from pathlib import Path

import pytest

from onrecord.index.articles.file_finder import find_files
from onrecord.index.articles.files import read_file
from onrecord.index.text.embedder import Embedder
from onrecord.index.values import Filters
from onrecord.service.answers.question.conversation import Message
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts, open_parts


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What did Putin say about the legality of a peace deal?", "legally impossible"),
        ("Who leads the Russian delegation?", "Kirill Dmitriev"),
        ("Which agency quoted Yuri Ushakov?", "TASS"),
        ("How much of Ukraine does Russia control?", "one-fifth"),
        ("Where did Umerov meet Witkoff and Kushner?", "Shell Bay Club"),
        ("Who resigned as chief of staff?", "Andriy Yermak"),
    ],
)
def test_the_first_quote_holds_the_answer(seeded: Parts, question: str, words: str) -> None:
    """Questions on the seed articles are answered in the first quote."""
    answer = seeded.answerer.answer(question, limit=5)
    assert answer.status == "answered"
    assert words in answer.citations[0].quote


@pytest.mark.parametrize(
    "question",
    [
        "How tall is Mount Everest?",
        "Who won the Champions League final?",
        "What did Putin say about dentists?",
        "What is the recipe for borscht?",
    ],
)
def test_what_the_seeds_do_not_say_is_refused(seeded: Parts, question: str) -> None:
    """Questions that the seed articles do not answer are refused, with something close."""
    answer = seeded.answerer.answer(question, limit=5)
    assert (answer.status, answer.citations) == ("abstained", ())
    assert len(answer.closest) == 3


@pytest.mark.parametrize(
    "words",
    [
        "READ ALSO",
        "ua en ru",
        "Getty Images",
        "End of Article",
        "fearless reporting",
        "SOURCE: ALJAZEERA",
        "By Rafiyat",
    ],
)
def test_what_is_no_article_text_is_never_quoted(seeded: Parts, words: str) -> None:
    """Asked for its very words, a line that is no article text still is not in any quote or passage."""
    answer = seeded.answerer.answer(words, limit=50)
    passages = seeded.retriever.retrieve(words, limit=50).passages
    quotes = [citation.quote for citation in answer.citations + answer.closest]
    assert not [text for text in quotes + [passage.text for passage in passages] if words in text]


def test_quotes_do_not_repeat_each_other(seeded: Parts) -> None:
    """No place is quoted twice in one answer, and the numbers run from one."""
    answer = seeded.answerer.answer("What did Rubio say about the talks?", limit=50)
    places = {(citation.article.id, citation.span) for citation in answer.citations}
    assert len(places) == len(answer.citations)
    assert [citation.number for citation in answer.citations] == list(range(1, len(places) + 1))


def test_no_article_passes_no_answer(seeded: Parts) -> None:
    """With a filter that no article passes the answer is an abstention with nothing close."""
    answer = seeded.answerer.answer("why?", limit=5, filters=Filters(published_after="2030-01-01T00:00:00"))
    assert (answer.status, answer.closest) == ("abstained", ())


@pytest.mark.parametrize(
    ("question", "speaker", "words"),
    [
        ("what did Putin say about legality?", "Vladimir Putin", "legally impossible"),
        ("What did Zelensky say about territory?", "Volodymyr Zelenskyy", "issue of territories"),
        ("what did rubio claim about borders", "Marco Rubio", "including over borders"),
        ("What did Zelenksy say about territory?", "Volodymyr Zelenskyy", "issue of territories"),
        ("Who said that no agreement would be possible?", "Iryna Skubii", "no agreement will be possible"),
        ("How did Umerov characterise Washington after the talks?", "Rustem Umerov", "super supportive"),
        ("What does Moscow insist on regarding nuclear weapons?", None, "nuclear-free status"),
        ("What did a source familiar with what Ukrainians think say about time?", None, "appropriate formulations"),
        ("What did the State Department say about the timeline?", None, "remained uncertain"),
        ("What did the German chancellor say about a meeting with Zelenskyy?", None, "bilateral meeting"),
    ],
)
def test_what_somebody_said_is_answered_with_their_words(
    seeded: Parts, question: str, speaker: str | None, words: str
) -> None:
    """Asked what X said about Y, X's words on Y come first, and the citation names X."""
    first = seeded.answerer.answer(question, limit=3).citations[0]
    text = seeded.archive.article(first.article.id).text
    assert words in text[first.span.start : first.span.end + 400]
    assert speaker is None or first.speaker == speaker


@pytest.mark.parametrize(
    "question",
    [
        "What did Macron say about Crimea?",
        "What did Macron say about sending French soldiers to Ukraine?",
        "What did the lawyer of Kushner say about the talks?",
        "What did Rubio say about dentists?",
        "What did Ana Reis promise?",
    ],
)
def test_who_did_not_say_it_is_not_on_record(seeded: Parts, question: str) -> None:
    """If X said nothing on Y, the answer says so, and others' words are offered as closest, under their own names."""
    answer = seeded.answerer.answer(question, limit=5)
    assert (answer.status, answer.citations) == ("abstained", ())
    assert answer.text.startswith("Nothing attributed to ")
    assert answer.text.endswith(" on this was found in the archive.")
    assert answer.closest


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (
            "What did Witkoff say about Putin?",
            "Nothing attributed to Witkoff on this was found in the articles that were asked.",
        ),
        (
            "Who leads the Russian delegation?",
            "The articles that were asked do not answer: Who leads the Russian delegation?",
        ),
    ],
)
def test_filters_that_leave_nothing_are_not_taken_for_the_archive(seeded: Parts, question: str, says: str) -> None:
    """What the archive answers is not said to be absent from it because filters leave those articles out."""
    assert seeded.answerer.answer(question, limit=1).status == "answered"
    filtered = seeded.answerer.answer(question, limit=1, filters=Filters(publisher="Nobody"))
    assert (filtered.status, filtered.text) == ("abstained", says)


def test_a_part_that_the_chosen_articles_do_not_answer_is_named(seeded: Parts) -> None:
    """Under filters, half of a question is missing from the articles that were asked, and not from the archive."""
    delegation, mountain = "Who leads the Russian delegation?", "How tall is Mount Everest?"
    (citation,) = seeded.answerer.answer(delegation, limit=1).citations
    filters = Filters(article_ids=(citation.article.id,))
    half = seeded.answerer.answer(f"{delegation} {mountain}", limit=1, filters=filters)
    assert half.text.splitlines()[-1] == f"The articles that were asked do not answer: {mountain}"


def test_nobody_is_named_for_a_sentence_that_nobody_says(seeded: Parts) -> None:
    """A citation of the article's own words has no speaker; the words that answer are pointed at all the same."""
    first = seeded.answerer.answer("How much of Ukraine does Russia control?", limit=1).citations[0]
    assert first.speaker is None
    assert first.highlight
    assert "one-fifth" in first.quote[first.highlight.start - first.span.start : first.highlight.end - first.span.start]


def test_a_follow_up_is_answered_as_the_question_it_stands_for(seeded: Parts) -> None:
    """Who "he" is comes from the question before, and the answer says how it was understood."""
    history = [
        Message(role="user", content="what did Putin say about legality?"),
        Message(role="assistant", content="…"),
    ]
    answer = seeded.answerer.answer("and what did he say about elections?", limit=3, history=history)
    whole = seeded.answerer.answer("and what did Putin say about elections?", limit=3)
    assert answer.understood_as == ("and what did Putin say about elections?",)
    assert [c.quote for c in answer.citations + answer.closest] == [c.quote for c in whole.citations + whole.closest]
    assert whole.understood_as == ()


def test_two_questions_in_one_are_both_answered(seeded: Parts) -> None:
    """The best quote of each comes first; what has no answer is said to have none."""
    both = "How much of Ukraine does Russia control? And what did Putin say about legality?"
    answer = seeded.answerer.answer(both, limit=4)
    first, second = (citation.quote for citation in answer.citations[:2])
    assert "one-fifth" in first
    assert "legally impossible" in second
    half = seeded.answerer.answer("How much of Ukraine does Russia control? How tall is Mount Everest?", limit=4)
    assert half.status == "answered"
    assert "one-fifth" in half.citations[0].quote
    assert half.text.endswith("does not answer this part: How tall is Mount Everest?")
    none = seeded.answerer.answer("How tall is Mount Everest? And who painted the Mona Lisa?", limit=4)
    assert (none.status, none.text) == ("abstained", "The archive does not answer this question.")


@pytest.mark.parametrize(
    "typed",
    [
        "what did putin say about leagality",
        "putin legality",
        "What did Puttin say about legality?",
        "I have been reading the news on the talks all week and I am still not sure about one thing, this one. "
        "People keep telling me that the president of Russia does not want a deal, and that he has some reasons for it "
        "that have to do with the law and with elections in Ukraine. What did Putin say about legality?",
    ],
)
def test_a_question_may_be_typed_in_any_way(seeded: Parts, typed: str) -> None:
    """Without a question mark, as keywords, with slips, at length."""
    answer = seeded.answerer.answer(typed, limit=3)
    assert answer.status == "answered"
    assert "legally impossible" in answer.citations[0].quote


def test_it_answers_without_a_reader(embedder: Embedder, seeds: Path, tmp_path: Path) -> None:
    """Then the ranker alone decides, and nothing but somebody's words is pointed at."""
    with open_parts(Settings(home=tmp_path, reader="none"), embedder=embedder) as parts:
        list(
            parts.indexer.add(
                draft for path, name in find_files([seeds]) for draft in read_file(path, source_name=name)
            )
        )
        answer = parts.answerer.answer("How much of Ukraine does Russia control?", limit=3)
        assert "one-fifth" in answer.citations[0].quote
        assert answer.citations[0].highlight is None
        assert parts.answerer.answer("How tall is Mount Everest?", limit=3).status == "abstained"
