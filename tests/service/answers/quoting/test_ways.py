"""Questions that are answered in a way of their own: for words in marks, for an article's data, for an office now."""

from collections.abc import Iterator

import pytest

from onrecord.index.text.embedder import Embedder
from onrecord.index.values import Draft
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts, open_parts

FEUD = """Feud

Rolf Hess spoke to Judge Eva Thorn on Friday. He said the law was clear.

Thorn’s clerk, Ulf Kron, wrote the note. “Too little too late,” he said.
"""
ZOO = "Zoo\n\nDirector Pia Holm said on Monday that the zoo in Lund is full of visitors from abroad.\n"
NEW = "Zoo\n\nHolm retired on Friday; Axel Rud became director of the zoo in Lund on Monday.\n"


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Parts]:
    with open_parts(Settings(home=tmp_path_factory.mktemp("ways")), embedder=embedder) as opened:
        drafts = [
            Draft(text=FEUD, author="Ana Ferro", published_at="2024-05-03"),
            Draft(text=ZOO, published_at="2023-01-10"),
            Draft(text=NEW, published_at="2025-01-12"),
        ]
        list(opened.indexer.add(drafts))
        yield opened


@pytest.mark.parametrize("marks", ["“”", '""', "''", "„”"])
def test_words_in_marks_are_looked_up_as_they_stand(parts: Parts, marks: str) -> None:
    """The sentence that holds them answers, and its speaker does not matter."""
    answer = parts.answerer.answer(f"Who said {marks[0]}Too little too late{marks[1]}?", limit=3)
    assert answer.status == "answered"
    assert "Too little too late" in answer.citations[0].quote


def test_a_question_about_an_article_itself_is_answered_by_no_sentence(parts: Parts) -> None:
    """The closest quote names its author and its day."""
    answer = parts.answerer.answer("Who wrote the article about Judge Thorn?", limit=3)
    assert answer.status == "abstained"
    assert answer.closest[0].article.author == "Ana Ferro"


def test_who_takes_an_office_later_holds_it_now(parts: Parts) -> None:
    """An older article calls somebody else the director."""
    answer = parts.answerer.answer("Who is the director of the zoo in Lund?", limit=3)
    assert "Axel Rud" in answer.citations[0].quote


def test_what_happened_in_a_year_is_asked_of_its_articles(parts: Parts) -> None:
    """No article of another year is quoted."""
    answer = parts.answerer.answer("What happened in the zoo in Lund in 2023?", limit=3)
    assert answer.citations != ()
    assert all((citation.article.published_at or "").startswith("2023") for citation in answer.citations)
