"""Articles that disagree, from the question to the answer."""

import httpx
import pytest

from onrecord.index.values import Draft
from onrecord.service.http.app import create_app
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts
from tests.service.conftest import make_client

_OPEN = (
    "Guarantees still on the table\n\nSecurity guarantees for Ukraine are still under discussion, Secretary of State "
    "Marco Rubio told reporters in Miami. He said the delegations would meet again.\n"
)
_AGREED = (
    "Guarantees agreed\n\nThe United States and Ukraine have agreed on the security guarantees for Ukraine, the head "
    "of the delegation, Rustem Umerov, said after the talks in Geneva. No text was published.\n"
)
_TWELVE = "Fire at the mill\n\nTwelve people died in the fire at the mill in Norham, police said on Sunday.\n"
_FIFTEEN = (
    "Inquiry into the mill fire opens\n\nThe fire at the mill in Norham killed 15 people, the fire service said. "
    "An inquiry was opened by the county.\n"
)
_IDLE = "Norham's market\n\nThe market in Norham was held as ever, with cheese and flowers from the county's farms.\n"


def add(parts: Parts, *articles: tuple[str, str | None]) -> list[str]:
    """Archive texts with their days; return their ids."""
    drafts = [Draft(text=text, published_at=day, source_name=text[:12]) for text, day in articles]
    return [added.article.id for added in parts.indexer.add(drafts)]


@pytest.mark.parametrize(("first", "second"), [("2025-11-30", "2025-12-02"), ("2025-12-02", "2025-11-30")])
def test_what_sources_disagree_on_is_shown_from_both_with_the_newest_first(parts: Parts, first, second) -> None:
    """Whichever is the newer one; the reason has the words of both."""
    add(parts, (_OPEN, first), (_AGREED, second), (_IDLE, None))
    answer = parts.answerer.answer("What is the status of the security guarantees for Ukraine?", limit=5)
    days = [(c.article.published_at or "")[:10] for c in answer.citations[:2]]
    assert days == sorted([first, second], reverse=True)
    (disagreement,) = answer.disagreements
    assert disagreement.citations == (1, 2)
    assert "under discussion" in disagreement.reason
    assert "agreed" in disagreement.reason
    assert f"These sources differ: [1] {days[0]}, [2] {days[1]}." in answer.text.split("\n")


def test_the_same_words_with_another_figure_are_not_taken_for_a_repetition(parts: Parts) -> None:
    """Two reports of one fire, nearly word by word: both stay, and each keeps its exact place."""
    other = _TWELVE.replace("Twelve", "Fifteen").replace("Fire at", "Dead at").replace("Sunday", "Monday evening")
    add(parts, (_TWELVE, "2025-11-30"), (other, "2025-12-01"), (_IDLE, None))
    answer = parts.answerer.answer("How many people died in the fire at the mill in Norham?", limit=5)
    assert len({c.article.id for c in answer.citations[:2]}) == 2
    assert answer.disagreements[0].citations == (1, 2)
    for citation in answer.citations:
        assert citation.span.of(parts.archive.article(citation.article.id).text) == citation.quote


def test_what_sources_agree_on_is_no_disagreement(parts: Parts) -> None:
    again = _FIFTEEN.replace("15 people", "fifteen people").replace("Inquiry into", "Questions after")
    add(parts, (_FIFTEEN, "2025-12-01"), (again, "2025-12-02"), (_IDLE, None))
    answer = parts.answerer.answer("How many people died in the fire at the mill in Norham?", limit=5)
    assert (answer.status, answer.disagreements) == ("answered", ())
    assert "differ" not in answer.text


@pytest.mark.anyio
async def test_disagreements_are_in_the_response(parts: Parts) -> None:
    """With the numbers of the citations, streamed or not; empty where there are none."""
    add(parts, (_TWELVE, "2025-11-30"), (_FIFTEEN, None), (_IDLE, None))
    async with make_client(create_app(parts, Settings())) as client:
        body = {"question": "How many people died in the fire at the mill in Norham?"}
        answer = (await client.post("/ask", json=body)).json()
        (disagreement,) = answer["disagreements"]
        assert set(disagreement) == {"citations", "reason"}
        assert disagreement["citations"] == [1, 2]
        assert answer["answer"].split("\n")[-1] in {
            "These sources differ: [1] 2025-11-30, [2] no date.",
            "These sources differ: [1] no date, [2] 2025-11-30.",
        }
        assert {c["number"] for c in answer["citations"]} >= {1, 2}
        other = (await client.post("/ask", json={"question": "What was sold at the market in Norham?"})).json()
        assert other["disagreements"] == []


@pytest.mark.anyio
async def test_the_seeds_have_no_disagreement_on_who_leads(client: httpx.AsyncClient) -> None:
    answer = (await client.post("/ask", json={"question": "Who leads the Russian delegation?"})).json()
    assert (answer["status"], answer["disagreements"]) == ("answered", [])
