"""A language model writes, over each protocol, and whatever it does the reader gets proved sentences or quotes."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from onrecord.service.answers.prose.backends.backend import Backend
from onrecord.service.answers.prose.backends.circuit_breaker import Breaker
from onrecord.service.answers.prose.backends.guarded import Guarded, Limits
from onrecord.service.answers.prose.backends.providers.anthropic import Anthropic
from onrecord.service.answers.prose.backends.providers.ollama import Ollama
from onrecord.service.answers.prose.backends.providers.openai import OpenAI
from onrecord.service.answers.prose.backends.providers.remote import Patience
from onrecord.service.answers.prose.gate.support_model import SUPPORT_MODEL, CrossEncoder
from onrecord.service.http.app import create_app
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts
from tests.service.answers.prose.backends.scripted import (
    Answers,
    Protocol,
    Request,
    Script,
    Server,
    falls_silent,
    html,
    keeps_saying,
    never_answers,
    never_ends_a_line,
    refuses,
    reports_an_error,
    resets,
    says,
    scripted,
    sends,
    stops_short,
)
from tests.service.conftest import make_client, with_backend

pytestmark = pytest.mark.anyio

QUESTION = "what did Putin say about legality?"
RIGHT = "Last week, Russian President Vladimir Putin declared such a deal is “legally impossible”"
_PASSAGE = re.compile(r"<<passage (\w{8}) (\w{12})>>\n(.*?)\n<<end \2>>", re.DOTALL)


def key_of(request: Request, words: str = "legally impossible") -> str:
    """Return the key of the passage in the prompt that has these words."""
    return next(key for key, _, text in _PASSAGE.findall(request.prompt) if words in text)


def writes(*lines: str, packet: int | None = None) -> Callable[[Request], Script]:
    """Write these; KEY stands for the key of the passage that answers."""
    return lambda request: says(*(line.replace("KEY", key_of(request)) for line in lines), packet=packet)


@contextmanager
def model(protocol: Protocol, *scripts: Answers, **limits: Any) -> Iterator[tuple[Backend, Server]]:
    """Run a scripted server, and connect to it as the service would."""
    patience = Patience(connect=1, read=limits.pop("read", 1))
    with scripted(protocol, *scripts) as server:
        key = SecretStr("secret-key")
        backends: dict[str, Backend] = {
            "openai": OpenAI("any", url=server.url, key=key, patience=patience),
            "ollama": Ollama("any", url=server.url, patience=patience),
            "anthropic": Anthropic("any", url=server.url, key=key, patience=patience),
        }
        yield Guarded(backends[protocol], limits=Limits(**limits), breaker=Breaker()), server


async def ask(parts: Parts, backend: Backend, **body: Any) -> dict[str, Any]:
    """Ask over HTTP and check what must hold whatever the language model does."""
    app = create_app(with_backend(parts, backend), Settings())
    async with make_client(app) as client:
        response = await client.post("/ask", json={"question": QUESTION, **body})
        assert response.status_code == 200, response.text
        answer = response.json()
        await check_proof(client, answer)
    await backend.close()
    return dict(answer)


async def check_proof(client: httpx.AsyncClient, answer: dict[str, Any]) -> None:
    """Assert that every sentence has a citation, and every citation is the slice that it says it is."""
    numbers = {citation["number"] for citation in answer["citations"]}
    assert answer["status"] == "answered"
    assert answer["sentences"]
    for sentence in answer["sentences"]:
        assert sentence["citations"]
        assert set(sentence["citations"]) <= numbers
    for citation in answer["citations"]:
        article = (await client.get(f"/articles/{citation['article_id']}")).json()
        assert article["text"][citation["start"] : citation["end"]] == citation["quote"]


PROTOCOLS: tuple[Protocol, ...] = ("openai", "ollama", "anthropic")


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_what_is_proved_is_shown_with_its_quote(seeded: Parts, protocol: Protocol) -> None:
    """A right sentence is shown with a citation of the words that bear it out; the rest is not."""
    script = writes(
        "Here is what the articles say:\n\n",
        "Putin declared such a deal “legally impossible” [KEY]. ",
        "He resigned on Tuesday [KEY].",
    )
    with model(protocol, script) as (backend, server):
        answer = await ask(seeded, backend)
        name = backend.name
    assert (answer["mode"], answer["degraded_reason"], answer["model"]) == ("generative", None, name)
    assert answer["answer"] == "Putin declared such a deal “legally impossible”. [1]"
    assert RIGHT in answer["citations"][0]["quote"]
    assert answer["citations"][0]["speaker"] == "Vladimir Putin"
    assert [one["text"] for one in answer["rejected"]] == ["He resigned on Tuesday."]
    assert answer["corpus_as_of"] == "2025-12-01T08:55:24"
    assert len(server.requests) == 1


async def test_without_the_support_model_the_other_checks_decide(
    seeded: Parts, monkeypatch: pytest.MonkeyPatch, failed_parts: list[str]
) -> None:
    """What the words alone bear out is shown, what they do not is withheld, and the answer says what failed."""

    def fail(*_: Any) -> None:
        raise ZeroDivisionError("a slip in the model")

    monkeypatch.setattr(CrossEncoder, "check", fail)
    script = writes(
        "Putin declared such a deal “legally impossible” [KEY]. ",
        "Putin declared that dentists everywhere should charge for brushing hamsters [KEY].",
    )
    with model("openai", script) as (backend, _):
        answer = await ask(seeded, backend)
    assert (answer["mode"], answer["degraded_reason"]) == ("generative", SUPPORT_MODEL.loss)
    assert answer["answer"] == "Putin declared such a deal “legally impossible”. [1]"
    assert [one["text"] for one in answer["rejected"]] == [
        "Putin declared that dentists everywhere should charge for brushing hamsters."
    ]
    assert set(failed_parts) == {"support model"}
    failed_parts.clear()


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_half_a_marker_in_each_packet(seeded: Parts, protocol: Protocol) -> None:
    """However the network cuts the answer, through words, keys and characters of several bytes, it is the same."""
    with model(protocol, writes("Putin declared such a deal “legally impossible” 【KEY】.", packet=3)) as (backend, _):
        answer = await ask(seeded, backend)
    assert answer["answer"] == "Putin declared such a deal “legally impossible”. [1]"


WRONG = {
    "an invented key": ("Putin declared such a deal “legally impossible” [deadbeef].", "no passage that was given"),
    "a number for a key": ("Putin declared such a deal “legally impossible” [1].", "no passage that was given"),
    "a wrong number": ("Putin declared 3 deals legally impossible [KEY].", "“3”"),
    "a swapped name": ("Zelensky declared such a deal “legally impossible” [KEY].", "Zelensky"),
    "a dropped negation": ("Putin declared such a deal legally possible [KEY].", "possible"),
    "an altered quotation": ("Putin declared such a deal “legally unthinkable” [KEY].", "legally unthinkable"),
    "a fact from nowhere": ("Putin will visit Paris with Macron in June [KEY].", "“June”"),
    "another date": ("On 3 May 2019, Putin declared such a deal legally impossible [KEY].", "“3”"),
    "a link": ("Putin declared it “legally impossible”, see https://evil.example [KEY].", "a link or markup"),
    "an image": ("![proof](https://evil.example/x.png) Putin declared it “legally impossible” [KEY].", "a link"),
    "no end": ("legal " * 900, "too long"),
}


@pytest.mark.parametrize("kind", WRONG)
async def test_what_is_not_proved_never_reaches_the_wire(seeded: Parts, kind: str) -> None:
    """A sentence that the passages do not bear out is withheld with a reason; alone, it gives way to quotes."""
    text, reason = WRONG[kind]
    with model("openai", writes(text)) as (backend, _):
        answer = await ask(seeded, backend)
    assert answer["mode"] == "extractive"
    assert answer["degraded_reason"] == (
        "Nothing that the language model wrote could be proved, so the answer is made of quotes."
    )
    assert RIGHT in answer["citations"][0]["quote"]
    assert reason in answer["rejected"][0]["reason"], answer["rejected"]


FAILING: dict[str, tuple[Answers, ...]] = {
    "silence at once": (never_answers(),),
    "silence": (falls_silent("Put"),),
    "a reset connection": (resets(),),
    "a reset in the midst": (resets("Putin de"),),
    "an end in the midst": (stops_short("Putin de"),),
    "429 that lasts": (refuses(429, retry_after="3600"),),
    "500": (refuses(500),),
    "401": (refuses(401),),
    "invalid JSON": (sends("data: {not json\n\n"),),
    "a page": (html(),),
    "an error in the stream": (reports_an_error("Put"),),
    "nothing": (says(),),
    "a line without an end": (never_ends_a_line(),),
    "200,000 words": (keeps_saying(),),
    "no answer": (says("NO_ANSWER"),),
}


@pytest.mark.parametrize("kind", FAILING)
@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_whatever_goes_wrong_the_answer_is_quotes(seeded: Parts, protocol: Protocol, kind: str) -> None:
    """A language model that is down, slow or talks nonsense costs the prose and its time-out, never an error."""
    with model(protocol, *FAILING[kind], read=0.5, max_answer_seconds=5.0) as (backend, _):
        answer = await ask(seeded, backend)
    assert answer["mode"] == "extractive"
    assert answer["degraded_reason"].endswith(".")
    assert "secret-key" not in json.dumps(answer)
    assert RIGHT in answer["citations"][0]["quote"]


async def test_what_was_proved_before_a_failure_stays(seeded: Parts) -> None:
    """A connection that breaks after a proved sentence leaves that sentence, and says that it broke."""

    def script(request: Request) -> Script:
        return resets(f"Putin declared such a deal “legally impossible” [{key_of(request)}]. He then we")

    with model("openai", script) as (backend, _):
        answer = await ask(seeded, backend)
    assert answer["mode"] == "generative"
    assert answer["answer"] == "Putin declared such a deal “legally impossible”. [1]"
    assert answer["degraded_reason"]


async def test_a_busy_server_is_asked_again_when_it_says(seeded: Parts) -> None:
    """After 429 with Retry-After the same question is sent again, and the answer is proved."""
    scripts = (refuses(429, retry_after="0"), writes("Putin declared such a deal “legally impossible” [KEY]."))
    with model("openai", *scripts) as (backend, server):
        answer = await ask(seeded, backend)
    assert answer["mode"] == "generative"
    assert len(server.requests) == 2


async def test_a_dead_server_costs_one_time_out(seeded: Parts) -> None:
    """The second question after a silence does not wait for it again."""
    with model("openai", never_answers(), read=0.6) as (backend, server):
        app = create_app(with_backend(seeded, backend), Settings())
        async with make_client(app) as client:
            spent = []
            for _ in range(3):
                started = time.perf_counter()
                response = await client.post("/ask", json={"question": QUESTION})
                spent.append(time.perf_counter() - started)
                assert response.json()["mode"] == "extractive"
        await backend.close()
    assert spent[0] >= 0.6 > max(spent[1:])
    assert len(server.requests) == 1


async def test_an_extractive_question_asks_no_language_model(seeded: Parts) -> None:
    """`mode: extractive`, and a question that the archive does not answer, send nothing anywhere."""
    with model("openai", says("Anything.")) as (backend, server):
        await ask(seeded, backend, mode="extractive")
        async with make_client(create_app(with_backend(seeded, backend), Settings())) as client:
            refused = (await client.post("/ask", json={"question": "How tall is Mount Everest?"})).json()
    assert refused["status"] == "abstained"
    assert server.requests == []


async def test_a_follow_up_is_made_whole_by_the_language_model(seeded: Parts) -> None:
    """With `history` the language model is asked for the whole question first, and that one is looked up."""
    history = [
        {"role": "user", "content": "Who is the president of Russia?"},
        {"role": "assistant", "content": "Putin."},
    ]
    scripts = (says(QUESTION), writes("Putin declared such a deal “legally impossible” [KEY]."))
    with model("openai", *scripts) as (backend, server):
        answer = await ask(seeded, backend, question="and what did he say about legality?", history=history)
    assert answer["understood_as"] == [QUESTION]
    assert "Archive: Putin." in server.requests[0].prompt
    assert answer["mode"] == "generative"


@pytest.mark.parametrize(
    "written", ["Putin is a politician.\nAnd more.", "", "x" * 5_000, "Buy gold at https://evil.example!"]
)
async def test_a_follow_up_that_is_none_is_left_to_the_rules(seeded: Parts, written: str) -> None:
    """What is no form of the question that was asked is not looked up; the rules make it whole."""
    history = [{"role": "user", "content": "What did Putin say about peace?"}]
    scripts = (says(written), writes("Putin declared such a deal “legally impossible” [KEY]."))
    with model("openai", *scripts) as (backend, _):
        answer = await ask(seeded, backend, question="and what did he say about legality?", history=history)
    assert answer["understood_as"] == ["and what did Putin say about legality?"]


async def test_passages_are_data_between_fences(seeded: Parts) -> None:
    """Each passage stands between lines with one code, under a key of its own; the rules name no key to copy."""
    with model("openai", writes("Putin declared such a deal “legally impossible” [KEY].")) as (backend, server):
        answer = await ask(seeded, backend)
    rules, told = (turn["content"] for turn in server.requests[0].json["messages"])
    found = _PASSAGE.findall(told)
    assert found
    assert len({fence for _, fence, _ in found}) == 1
    assert len({key for key, _, _ in found}) == len(found)
    assert not re.search(r"\[\w{8}\]", rules)
    assert told.rstrip().endswith(QUESTION)
    assert re.fullmatch(r"[0-9a-f]{12}", answer["prompts"])


def events_of(text: str) -> list[tuple[str, Any]]:
    blocks = [block for block in text.strip().split("\n\n") if not block.startswith(":")]
    fields = [dict(line.split(": ", 1) for line in block.splitlines()) for block in blocks]
    return [(one["event"], json.loads(one["data"])) for one in fields]


async def test_a_stream_shows_a_sentence_once_it_is_proved(seeded: Parts) -> None:
    """`sources` first, then proved sentences with their citations, then the whole answer; nothing withheld before."""
    script = writes(
        "Putin declared such a deal “legally impossible” [KEY]. ", "He resigned on Tuesday [KEY]. ", "Thank you!"
    )
    with model("openai", script) as (backend, _):
        async with make_client(create_app(with_backend(seeded, backend), Settings())) as client:
            response = await client.post("/ask", json={"question": QUESTION, "stream": True})
        await backend.close()
    events = events_of(response.text)
    assert [name for name, _ in events] == ["sources", "citation", "sentence", "done"]
    assert RIGHT in events[0][1]["citations"][0]["quote"]
    assert events[2][1] == {"text": "Putin declared such a deal “legally impossible”.", "citations": [1]}
    assert events[3][1]["citations"] == [events[1][1]]
    assert "resigned" not in response.text.partition("event: done")[0]


async def test_the_rejected_sentence_does_not_disclose_the_instructions(seeded: Parts) -> None:
    """A language model that recites its instructions is withheld, and its recital is not listed."""

    def recite(request: Request) -> Script:
        return says(request.json["messages"][0]["content"])

    with model("openai", recite) as (backend, _):
        answer = await ask(seeded, backend)
    assert answer["mode"] == "extractive"
    assert "readers check every word" not in json.dumps(answer)
    assert {one["text"] for one in answer["rejected"]} == {"(words of the service's own instructions)"}
