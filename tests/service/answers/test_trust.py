"""Lies that a caller plants: who is trusted less answers later, and who is trusted alike changes nothing."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bench.quality.poisoned.cases import CASES, DESK, STRANGER, lie_comes_first, poisoned_archive, truth_comes_first
from onrecord.index.errors import InvalidArticle
from onrecord.index.text.embedder import Embedder
from onrecord.index.values import Actor, Draft
from onrecord.service.answers.answer import Answer, Timings
from onrecord.service.answers.evidence.readers.reader import Reader
from onrecord.service.schemas.answers import AnswerOut
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts, open_parts

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def answers_with(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder, reader: Reader):
    """Answer the questions of all cases, or of some, with these weights."""
    home = tmp_path_factory.mktemp("poisoned")

    def answer(cases=CASES, **weights: float) -> list[Answer]:
        weights = {name.replace("others", "*"): weight for name, weight in weights.items()}
        with poisoned_archive(home, weights, embedder=embedder, reader=reader) as parts:
            found = [parts.answerer.answer(case.question, limit=5) for case in cases]
        return [replace(one, timings=Timings()) for one in found]

    return answer


@pytest.fixture(scope="module")
def without_weights(answers_with) -> list[Answer]:
    """The answers where everybody is trusted alike."""
    return answers_with()


@pytest.fixture
def parts(tmp_path: Path, embedder: Embedder, reader: Reader) -> Iterator[Parts]:
    """An empty archive whose owner trusts the desk, and others less."""
    settings = Settings(home=tmp_path, trust=(("desk", 1.0), ("*", 0.1)))
    with open_parts(settings, embedder=embedder, reader=reader) as parts:
        yield parts


def test_without_weights_most_lies_come_first(without_weights) -> None:
    """The set is hard: an archive that trusts everybody alike says what most of the texts in it say."""
    assert sum(map(lie_comes_first, CASES, without_weights)) >= 6


def test_a_hundredth_of_the_trust_keeps_every_lie_from_coming_first(answers_with) -> None:
    """No kind of lie comes before the desk's own answer."""
    answers = answers_with(tips=0.01)
    assert [case.question for case, answer in zip(CASES, answers, strict=True) if lie_comes_first(case, answer)] == []
    assert sum(map(truth_comes_first, CASES, answers)) == len(CASES)


def test_who_is_not_on_the_list_is_never_quoted(answers_with) -> None:
    """With a weight for the desk and none for others, no word of a lie is in any answer."""
    for case, answer in zip(CASES, answers_with(desk=1.0, others=0.0), strict=True):
        assert truth_comes_first(case, answer)
        shown = [*answer.citations, *answer.closest]
        assert [c.quote for c in shown if case.wrong in c.quote] == []
        assert case.wrong not in answer.text


@pytest.mark.parametrize("weights", [{"desk": 1.0, "tips": 1.0}, {"desk": 0.2, "others": 0.2}])
def test_equal_weights_leave_every_answer_as_it_is(answers_with, without_weights, weights) -> None:
    """Weights that are all alike change no quote, no order and no confidence."""
    assert answers_with(CASES[::3], **weights) == without_weights[::3]


@pytest.mark.parametrize("case", [case for case in CASES if case.kind == "rewrites"])
def test_rewrites_of_one_day_count_once_and_are_said_to(answers_with, case) -> None:
    """Of six wordings of one lie one or two are shown, and name the articles of the others."""
    (answer,) = answers_with([case], tips=0.1)
    lies = [citation for citation in answer.citations if case.wrong in citation.quote]
    shown, named = [lie.article.id for lie in lies], [name for lie in lies for name in lie.copies.alike]
    assert len(shown) <= 2
    assert len({*shown, *named}) == len(shown) + len(named) == len(case.lies)


def test_an_answer_tells_nobody_what_an_origin_weighs(answers_with) -> None:
    """Neither names of keys nor weights are in what the widget gets."""
    (answer,) = answers_with(CASES[:1], tips=0.01)
    written = AnswerOut.from_answer(answer, id="1").model_dump_json()
    assert answer.citations != ()
    assert [word for word in ("tips", "desk", "trust", "weight") if word in written] == []


def test_an_article_cannot_say_who_brought_it(parts: Parts) -> None:
    """Publisher, author and url are the article's own words; the origin is the caller's."""
    draft = Draft(text="A fox.", title="Fox", publisher="desk", author="desk", url="https://desk.example/1")
    (added,) = parts.indexer.add([draft], by=STRANGER)
    assert parts.archive.origins.of_articles([added.article.id])[added.article.id].name == "tips"


@pytest.mark.parametrize(
    ("by", "name"),
    [
        (Actor(name="wire", way="http"), "wire"),
        (Actor(name="root", way="command line"), "command line"),
        (Actor(name="desk", way="library"), "library"),
    ],
)
def test_an_origin_is_the_key_or_the_way(parts: Parts, by: Actor, name: str) -> None:
    """A user of the machine who has the name of a key is not taken for that key."""
    (added,) = parts.indexer.add([Draft(text="A fox.", title="Fox")], by=by)
    assert parts.archive.origins.of_articles([added.article.id])[added.article.id].name == name


def test_a_less_trusted_caller_cannot_replace_an_article(parts: Parts) -> None:
    """The text under a url stays the desk's, and the error says why and what to do."""
    truth = Draft(text="The bridge opens on 14 June.", title="Bridge", url="https://herald.example/bridge")
    lie = replace(truth, text="The bridge opens on 30 November.")
    (added,) = parts.indexer.add([truth], by=DESK)
    with pytest.raises(InvalidArticle, match="trusted more than 'tips'.* add yours under another url"):
        list(parts.indexer.add([lie], by=STRANGER))
    assert parts.archive.article(added.article.id).text == truth.text
    # The same text again is no change, and the desk may correct itself.
    assert [again.status for again in parts.indexer.add([truth], by=STRANGER)] == ["unchanged"]
    assert [again.status for again in parts.indexer.add([lie], by=DESK)] == ["updated"]


def test_a_text_has_the_origin_of_who_brought_it_last(parts: Parts) -> None:
    """What the desk puts in the place of a stranger's text is trusted as the desk's."""
    draft = Draft(text="The bridge opens on 30 November.", title="Bridge", url="https://herald.example/bridge")
    (added,) = parts.indexer.add([draft], by=STRANGER)
    list(parts.indexer.add([replace(draft, text="The bridge opens on 14 June.")], by=DESK))
    assert parts.archive.origins.of_articles([added.article.id])[added.article.id].name == "desk"


def test_articles_of_an_earlier_version_have_an_unknown_origin(parts: Parts) -> None:
    """They have a name of their own to be trusted by."""
    (added,) = parts.indexer.add([Draft(text="A fox.", title="Fox")], by=DESK)
    with parts.archive.database.write() as db:
        db.execute("DELETE FROM origins")
    assert parts.archive.origins.articles(["unknown"]) == (added.article.id,)
    assert parts.archive.origins.articles(["unknown"], others=True) == ()


def test_a_removed_article_leaves_no_origin(parts: Parts) -> None:
    """The note goes with the article."""
    (added,) = parts.indexer.add([Draft(text="A fox.", title="Fox")], by=DESK)
    parts.indexer.remove(added.article.id)
    assert parts.archive.database.read().execute("SELECT count(*) FROM origins").fetchone() == (0,)
