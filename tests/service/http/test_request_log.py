import logging

import httpx
import pytest

from onrecord.service.http.app import create_app
from onrecord.service.http.request_ids import NameRequest
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts
from tests.service.conftest import make_client

pytestmark = pytest.mark.anyio

QUESTION = "Who leads the Russian delegation?"
ACCESS = "onrecord.access"


@pytest.fixture(autouse=True)
def _all_levels(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger=ACCESS)


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == ACCESS]


@pytest.mark.parametrize(
    "given", ["abc-1", "1b4e28ba-2fa1-11d2-883f-0016d3cca427", "Root=1-67891233-abcdef012345", "x" * 128]
)
async def test_a_well_formed_id_of_a_request_is_kept(client: httpx.AsyncClient, given: str) -> None:
    """The response has the id that the client, or a proxy before the service, gave the request."""
    response = await client.get("/health/live", headers={"X-Request-ID": given})
    assert response.headers["x-request-id"] == given


@pytest.mark.parametrize("given", [None, "", "two words", "x" * 129, "<script>", "a\tb", "é"])
async def test_any_other_request_gets_an_id(client: httpx.AsyncClient, given: str | None) -> None:
    """An id that could break a line of the log, or a page, is not kept, and each request has its own."""
    headers = {} if given is None else {"X-Request-ID": given.encode("latin-1")}
    ids = {(await client.get("/health/live", headers=headers)).headers["x-request-id"] for _ in range(2)}
    assert len(ids) == 2
    assert all(len(one) == 32 and one.isalnum() for one in ids)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/nothing", None),
        ("PUT", "/ask", None),
        ("POST", "/ask", {"question": ""}),
        ("GET", "/articles/x", None),
    ],
)
async def test_a_problem_names_its_request(client: httpx.AsyncClient, method: str, path: str, body: object) -> None:
    """A user who sends in the problem sends in what finds it in the log."""
    response = await client.request(method, path, json=body, headers={"X-Request-ID": "mine"})
    assert (response.json()["request_id"], response.headers["x-request-id"]) == ("mine", "mine")


async def test_an_unexpected_error_is_a_problem_with_the_id_that_the_log_has(
    seeded: Parts, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A 500 shows no traceback; its id leads to the one in the log."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr(type(seeded.archive), "articles", fail)
    caplog.handler.addFilter(NameRequest())
    async with make_client(create_app(seeded, Settings())) as client:
        response = await client.get("/articles", headers={"X-Request-ID": "mine"})
    problem = response.json()
    assert (response.status_code, problem["request_id"]) == (500, "mine")
    assert response.headers["content-type"] == "application/problem+json"
    assert "a secret" not in response.text
    failure = next(record for record in caplog.records if record.exc_info)
    assert (failure.getMessage(), failure.request_id) == ("GET /articles failed.", "mine")  # type: ignore[attr-defined]
    assert {line.split(" ")[3] for line in lines(caplog) if not line.endswith("failed.")} == {"500"}


async def test_what_a_thread_logs_for_a_request_has_its_id(
    seeded: Parts, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Questions are answered in threads, whose lines belong to the request as well."""
    plain = type(seeded.retriever).retrieve

    def say(*arguments: object, **options: object) -> object:
        logging.getLogger("a.part").warning("It was asked.")
        return plain(*arguments, **options)

    monkeypatch.setattr(type(seeded.retriever), "retrieve", say)
    caplog.handler.addFilter(NameRequest())
    async with make_client(create_app(seeded, Settings())) as client:
        await client.post("/search", json={"query": "legality"}, headers={"X-Request-ID": "mine"})
    assert {record.request_id for record in caplog.records if record.name == "a.part"} == {"mine"}  # type: ignore[attr-defined]


@pytest.mark.parametrize("setting", ["none", "requests", "questions"])
async def test_a_question_is_logged_where_the_setting_asks_for_it_alone(
    seeded: Parts, caplog: pytest.LogCaptureFixture, setting: str
) -> None:
    """A line has the method, the path, the status and the time; what was asked only with `questions`."""
    async with make_client(create_app(seeded, Settings(access_log=setting))) as client:
        await client.post("/ask", json={"question": QUESTION})
        await client.post("/search", json={"query": QUESTION})
        await client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": QUESTION}]})
        await client.get("/quotations", params={"about": "legality"})
    written = lines(caplog)
    assert len(written) == (0 if setting == "none" else 4)
    assert [QUESTION in line for line in written] == [setting == "questions"] * min(3, len(written)) + [False] * (
        len(written) > 3
    )
    assert ["legality" in line for line in written[3:]] == [setting == "questions"] * len(written[3:])
    assert all(" 200 " in line and line.rpartition("/")[2] for line in written)


async def test_a_path_cannot_forge_a_line(client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    """A line break in a path stays percent-encoded, so one request is one line."""
    await client.get("/articles/x%0aroot%20GET%20/forged%20200")
    (line,) = lines(caplog)
    assert "\n" not in line
    assert "GET /articles/x%0aroot%20GET%20/forged%20200 404" in line
