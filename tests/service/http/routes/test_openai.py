"""The official client against a real server, streaming and not."""

import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import httpx
import openai
import pytest
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from onrecord.index.text.sentences import split_sentences
from onrecord.index.values import Draft, Span
from onrecord.service.answers.answering import Answering
from onrecord.service.answers.prompts import load_prompts
from onrecord.service.answers.prose.backends.backend import Backend, PromptMessage
from onrecord.service.answers.prose.backends.providers.echo import MADE_UP, Echo, offered
from onrecord.service.answers.prose.backends.providers.openai import OpenAI
from onrecord.service.answers.prose.backends.providers.remote import Patience
from onrecord.service.answers.prose.generative_answerer import GenerativeAnswerer
from onrecord.service.http.app import create_app
from onrecord.service.http.requests import answer_response
from onrecord.service.http.requests.client_connection import with_heartbeats
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts
from tests.grammar import PARSER
from tests.service.answers.prose.backends.scripted import Pause, Request, Script, falls_silent, refuses, says, scripted
from tests.service.serving import serving

QUESTION = "What did Rubio say?"
EVEREST = "How tall is Mount Everest?"
PASSED = 60.0
"""Seconds that a busy machine may take."""


def with_model(parts: Parts, backend: Backend) -> Parts:
    """Return the parts with a language model."""
    generative = GenerativeAnswerer(
        extractive=parts.answerer,
        evidence=parts.evidence,
        backend=backend,
        embedder=parts.embedder,
        support_model=None,
        parser=PARSER,
        prompts=load_prompts(),
        budget=3_000,
        queue=parts.questions,
    )
    return replace(parts, answering=Answering(extractive=parts.answerer, generative=generative, queue=parts.questions))


def client_of(address: str, key: str = "any") -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{address}/v1", api_key=key, max_retries=0, timeout=PASSED)


@pytest.fixture(scope="module")
def address(seeded: Parts) -> Iterator[str]:
    """The service on the seeds, without a language model."""
    with serving(create_app(seeded, Settings())) as address:
        yield address


@pytest.fixture(scope="module")
def client(address: str) -> openai.OpenAI:
    return client_of(address)


@pytest.fixture(scope="module")
def echoing(seeded: Parts) -> Iterator[openai.OpenAI]:
    """The service on the seeds, with the fake model."""
    with serving(create_app(with_model(seeded, Echo()), Settings())) as address:
        yield client_of(address)


def ask(client: openai.OpenAI, question: Any = QUESTION, *, model: str = "onrecord", **more: Any) -> ChatCompletion:
    messages = [*more.pop("before", []), {"role": "user", "content": question}]
    return client.chat.completions.create(model=model, messages=messages, **more)


def stream(client: openai.OpenAI, question: str = QUESTION, **more: Any) -> list[ChatCompletionChunk]:
    return list(ask(client, question, stream=True, **more))


def extra(answer: ChatCompletion | ChatCompletionChunk, name: str) -> Any:
    """Return a field that the client's own types do not have."""
    return (answer.model_extra or {})[name]


def said(chunks: Sequence[ChatCompletionChunk]) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def annotations(chunks: Sequence[ChatCompletionChunk]) -> list[dict[str, Any]]:
    deltas = [chunk.choices[0].delta.model_extra or {} for chunk in chunks if chunk.choices]
    (found,) = [delta["annotations"] for delta in deltas if "annotations" in delta]
    return found


def same(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer without what differs each time."""
    return {name: value for name, value in answer.items() if name not in {"id", "timings_ms"}}


# The models


def test_prose_is_a_model_where_there_is_a_language_model(client: openai.OpenAI, echoing: openai.OpenAI) -> None:
    """Both lists name what can be had there; each of them can be read by its name, and no other."""
    assert [model.id for model in client.models.list()] == ["onrecord", "onrecord-extractive"]
    assert [model.id for model in echoing.models.list()] == ["onrecord", "onrecord-extractive", "onrecord-generative"]
    assert client.models.retrieve("onrecord-extractive").owned_by == "onrecord"
    with pytest.raises(openai.NotFoundError, match="no model 'onrecord-generative'; the models are onrecord, onrecord"):
        client.models.retrieve("onrecord-generative")


def test_prose_that_cannot_be_had_is_quotes_with_the_reason(client: openai.OpenAI) -> None:
    """A client that is set to the generative model goes on when the language model is taken away."""
    answer = ask(client, model="onrecord-generative")
    assert extra(answer, "onrecord")["degraded_reason"].startswith("No language model is configured")
    assert "[1]" in str(answer.choices[0].message.content)


# The answer


def test_every_marker_leads_to_the_article_with_its_quote(client: openai.OpenAI, address: str) -> None:
    """The content is the answer of /ask, paragraph by paragraph; each annotation is a marker and names its article."""
    answer = ask(client)
    plain = httpx.post(f"{address}/ask", json={"question": QUESTION}, timeout=PASSED).json()
    content = str(answer.choices[0].message.content)
    assert content == plain["answer"].replace("\n", "\n\n")
    assert same(extra(answer, "onrecord")) == same(plain)
    assert extra(answer, "citations") == plain["citations"]
    assert (answer.model, answer.choices[0].finish_reason) == ("onrecord", "stop")
    found = [annotation.url_citation for annotation in answer.choices[0].message.annotations or []]
    assert [content[one.start_index : one.end_index] for one in found] == [f"[{n}]" for n in range(1, len(found) + 1)]
    assert len(found) == len(plain["citations"]) > 1
    for one, citation in zip(found, plain["citations"], strict=True):
        article = httpx.get(one.url, timeout=PASSED).json()
        assert (article["id"], article["title"]) == (citation["article_id"], one.title)
        assert article["text"][citation["start"] : citation["end"]] == citation["quote"]
        assert citation["quote"] in content[: one.start_index]


def test_no_two_citations_have_the_same_address(client: openai.OpenAI) -> None:
    """A client that numbers sources by their addresses numbers them as the markers do."""
    answer = ask(client, "What was said about land?")
    found = [annotation.url_citation.url for annotation in answer.choices[0].message.annotations or []]
    articles = [citation["article_id"] for citation in extra(answer, "citations")]
    assert len(set(found)) == len(found) == len(articles)
    assert len(set(articles)) < len(articles)


def test_what_the_archive_does_not_answer_is_said_and_not_cited(client: openai.OpenAI) -> None:
    """The closest quotes are no part of the content, which would pass for an answer; they stand beside it."""
    answer = ask(client, EVEREST)
    assert answer.choices[0].message.content == "The archive does not answer this question."
    assert answer.choices[0].message.annotations == extra(answer, "citations") == []
    assert answer.choices[0].finish_reason == "stop"
    assert (extra(answer, "onrecord")["status"], len(extra(answer, "onrecord")["closest"])) == ("abstained", 3)


def test_usage_counts_words_and_marks_of_what_was_read_and_written(client: openai.OpenAI) -> None:
    """What is not read, as a system message, is not counted."""
    usage = ask(client, EVEREST, before=[{"role": "system", "content": "Be brief."}]).usage
    assert usage is not None
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (6, 8, 14)


# Streams


@pytest.mark.parametrize("question", [QUESTION, EVEREST])
def test_a_stream_adds_up_to_the_whole_answer(client: openai.OpenAI, question: str) -> None:
    """A chunk for each quote, the annotations in one delta, the rest in the last one."""
    whole, chunks = ask(client, question), stream(client, question)
    message = whole.choices[0].message
    assert said(chunks) == message.content
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None] * (len(chunks) - 1) + ["stop"]
    assert {chunk.id for chunk in chunks} == {chunks[0].id}
    assert same(extra(chunks[-1], "onrecord")) == same(extra(whole, "onrecord"))
    assert extra(chunks[-1], "citations") == extra(whole, "citations")
    if message.annotations:
        assert annotations(chunks) == [annotation.model_dump() for annotation in message.annotations]
        assert sum(bool(chunk.choices[0].delta.content) for chunk in chunks) == len(message.annotations)


def test_a_stream_ends_with_usage_where_it_is_asked_for(client: openai.OpenAI) -> None:
    chunks = stream(client, EVEREST, stream_options={"include_usage": True})
    assert (chunks[-1].choices, chunks[-1].usage) == ([], ask(client, EVEREST).usage)


def test_the_clients_own_reader_of_streams_adds_the_chunks_up(echoing: openai.OpenAI) -> None:
    """It cannot add up lists that come in several deltas, so no list may."""
    with echoing.chat.completions.stream(model="onrecord", messages=[{"role": "user", "content": QUESTION}]) as events:
        answer = events.get_final_completion()
    assert answer.choices[0].message.content == ask(echoing).choices[0].message.content
    assert answer.choices[0].message.annotations


def test_the_response_is_not_held_back_and_ends_as_it_should(address: str) -> None:
    """Proxies are told not to buffer; the last event is `[DONE]`."""
    body = {"messages": [{"role": "user", "content": EVEREST}], "stream": True}
    response = httpx.post(f"{address}/v1/chat/completions", json=body, timeout=PASSED)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["x-accel-buffering"] == "no"
    assert response.text.endswith("data: [DONE]\n\n")


# The conversation


def test_a_follow_up_takes_the_conversation_along(client: openai.OpenAI) -> None:
    """Earlier turns are read as history, the assistant's with its markers; the last one of the user is the question."""
    first = {"role": "user", "content": "What did Zelensky say about elections?"}
    answered = {"role": "assistant", "content": "“…” — A title [1]"}
    answer = ask(client, "and about territory?", before=[first, answered])
    assert extra(answer, "onrecord")["understood_as"] == ["What did Zelensky say about territory?"]
    assert "erritor" in str(answer.choices[0].message.content)


def test_instructions_and_parameters_of_a_language_model_change_nothing(client: openai.OpenAI) -> None:
    """System messages and tools are not read, parameters are ignored, text in parts is text."""
    instructed = ask(
        client,
        [{"type": "text", "text": QUESTION}],
        before=[
            {"role": "system", "content": "Answer in French."},
            {"role": "developer", "content": [{"type": "text", "text": "Invent something."}]},
            {"role": "assistant", "content": None, "tool_calls": []},
            {"role": "tool", "content": "42", "tool_call_id": "x"},
        ],
        temperature=1.9,
        max_tokens=1,
        stop=["a"],
        n=1,
        tools=[{"type": "function", "function": {"name": "f", "parameters": {}}}],
        response_format={"type": "json_object"},
        extra_body={"top_k": 3, "chat_id": "of a client's own"},
    )
    assert instructed.choices[0].message.content == ask(client).choices[0].message.content


# Prose


def test_prose_has_its_markers_and_nothing_unproved(echoing: openai.OpenAI) -> None:
    """Streamed and whole: each sentence with its markers; what the model made up stands beside it, not in it."""
    whole, chunks = ask(echoing), stream(echoing)
    content = str(whole.choices[0].message.content)
    details = extra(whole, "onrecord")
    assert (details["mode"], details["model"], details["degraded_reason"]) == ("generative", "echo", None)
    assert [rejected["text"] for rejected in details["rejected"]] == [MADE_UP]
    assert "dragons" not in content
    assert said(chunks) == content == details["answer"]
    assert sum(bool(chunk.choices[0].delta.content) for chunk in chunks) == len(details["sentences"]) > 1
    marked = [one["url_citation"] for one in annotations(chunks)]
    assert [content[one["start_index"] : one["end_index"]] for one in marked] == [
        f"[{number}]" for sentence in details["sentences"] for number in sentence["citations"]
    ]


def test_quotes_can_be_had_beside_a_language_model(client: openai.OpenAI, echoing: openai.OpenAI) -> None:
    quotes = ask(echoing, model="onrecord-extractive")
    assert extra(quotes, "onrecord")["mode"] == "extractive"
    assert quotes.choices[0].message == ask(client).choices[0].message.model_copy(
        update={"annotations": quotes.choices[0].message.annotations}
    )


@pytest.mark.parametrize("script", [refuses(500), falls_silent(), says("Nothing of it is proved [00000000].")])
def test_a_language_model_that_fails_costs_the_prose_and_not_the_answer(seeded: Parts, script: Script) -> None:
    """Whatever it does, the client gets quotes with a 200, whole and streamed; why stands beside them."""
    with scripted("openai", script) as server:
        backend = OpenAI("m", url=server.url, patience=Patience(connect=1, read=0.5))
        with serving(create_app(with_model(seeded, backend), Settings())) as address:
            whole, chunks = ask(client_of(address)), stream(client_of(address))
    details = extra(whole, "onrecord")
    assert details["mode"] == "extractive"
    assert details["degraded_reason"]
    assert said(chunks) == whole.choices[0].message.content == details["answer"].replace("\n", "\n\n")
    assert len(annotations(chunks)) == len(details["citations"]) > 0


def copies_a_sentence(request: Request) -> Script:
    """Copy a whole sentence of the first passage, with its key, begin another one and fall silent."""
    passage = offered([PromptMessage(role=turn["role"], content=turn["content"]) for turn in request.json["messages"]])[
        0
    ]
    sentences = [span.of(passage.text) for span in split_sentences(passage.text, Span(0, len(passage.text)))]
    whole = next(sentence for sentence in sentences if sentence.endswith("."))
    return falls_silent(f"{whole} [{passage.key}] ", "More ")


def test_who_hangs_up_stops_the_language_model(seeded: Parts) -> None:
    """A proved sentence is there while the model still writes; when the client goes, the model's connection goes."""
    with scripted("openai", copies_a_sentence) as server:
        backend = OpenAI("m", url=server.url, patience=Patience(connect=1, read=PASSED))
        with serving(create_app(with_model(seeded, backend), Settings())) as address:
            chunks = ask(client_of(address), stream=True)
            first = next(text for chunk in chunks if (text := chunk.choices[0].delta.content))
            assert first.endswith(" [1]")
            assert not server.hung_up.is_set()
            chunks.close()
            assert server.hung_up.wait(PASSED)


def test_a_connection_is_kept_open_by_comments(seeded: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the model thinks, comments come; the client overlooks them."""
    monkeypatch.setattr(answer_response, "with_heartbeats", partial(with_heartbeats, every=0.05))
    with scripted("openai", says(Pause(0.5), "Nothing. ")) as server:
        backend = OpenAI("m", url=server.url, patience=Patience(connect=1, read=PASSED))
        with serving(create_app(with_model(seeded, backend), Settings())) as address:
            body = {"messages": [{"role": "user", "content": QUESTION}], "stream": True}
            raw = httpx.post(f"{address}/v1/chat/completions", json=body, timeout=PASSED).text
            chunks = stream(client_of(address))
    assert raw.count(": waiting\n\n") >= 3
    assert chunks[-1].choices[0].finish_reason == "stop"


class Broken:
    """A backend with a fault."""

    name = "broken"

    async def stream(self, messages: Sequence[PromptMessage]) -> AsyncGenerator[str]:
        """Break."""
        raise RuntimeError("a secret of the service's inside")
        yield ""

    async def close(self) -> None:
        """Nothing is held."""


def test_what_breaks_in_the_midst_of_a_stream_is_an_error_to_the_client(seeded: Parts) -> None:
    """The client raises, with words that say what to do and nothing of the inside."""
    with (
        serving(create_app(with_model(seeded, Broken()), Settings())) as address,
        pytest.raises(openai.APIError, match="^Something went wrong inside the service; ask again.$") as caught,
    ):
        stream(client_of(address))
    assert caught.value.type == "server_error"


# Errors

USER = {"role": "user", "content": "why?"}
IMAGE = {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}}]}


LOOK = {"type": "text", "text": "look"}
PARTS = {
    "image": {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}},
    "sound": {"type": "input_audio", "input_audio": {"data": "AA", "format": "wav"}},
    "file": {"type": "file", "file": {"file_id": "file-1"}},
    "text without words": {"type": "text"},
    "null": {"type": "text", "text": None},
    "unknown": {"type": "hologram", "text": "Who is the mayor?"},
}


@pytest.mark.parametrize("role", ["user", "assistant"])
@pytest.mark.parametrize("part", PARTS)
def test_what_is_no_text_in_an_earlier_message_is_left_out(address: str, part: str, role: str) -> None:
    """An image that was sent once does not end the conversation; the words beside it are read."""
    asked = {"role": "user", "content": "Who leads the Russian delegation?"}
    answers = []
    for parts in ([LOOK], [LOOK, PARTS[part]], [PARTS[part]]):
        body = {"messages": [{"role": role, "content": parts}, asked]}
        response = httpx.post(f"{address}/v1/chat/completions", json=body, timeout=PASSED)
        assert response.status_code == 200, response.text
        completion = response.json()
        answers.append((completion["usage"]["prompt_tokens"], completion["choices"][0]["message"]["content"]))
    assert len({content for _, content in answers}) == 1
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("body", "status", "code", "says"),
    [
        (
            {"model": "gpt-4o", "messages": [USER]},
            404,
            "model_not_found",
            "There is no model 'gpt-4o'; the models are onrecord, onrecord-extractive, onrecord-generative.",
        ),
        ({}, 422, None, "messages: it is missing."),
        ({"messages": []}, 422, None, "messages has no message with the role 'user'"),
        ({"messages": [{"role": "system", "content": "x"}]}, 422, None, "messages has no message with the role 'user'"),
        ({"messages": [USER, {"role": "user", "content": " "}]}, 422, None, "the last message with the role 'user' is"),
        ({"messages": [{"role": "user"}]}, 422, None, "the last message with the role 'user' is blank"),
        ({"messages": [USER], "n": 2}, 422, None, "n is 2, and the archive gives one answer; leave it out."),
        ({"messages": [IMAGE]}, 422, None, "messages.0.content: part 0 is of type 'image_url'"),
        ({"messages": [USER, IMAGE]}, 422, None, "messages.1.content: part 0 is of type 'image_url'"),
        (
            {"messages": [{"role": "user", "content": 7}]},
            422,
            None,
            "messages.0.content: it is neither a text nor a list of parts (got 7",
        ),
        ({"messages": [{"role": "robot", "content": "x"}]}, 422, None, "(got 'robot')"),
        ({"messages": [{"role": {}, "content": []}]}, 422, None, "messages.0.role: "),
        ({"messages": [{"role": ["user"], "content": "x"}]}, 422, None, "messages.0.role: "),
        ({"messages": ["x", None]}, 422, None, "messages.0: it is no JSON object (got 'x')"),
        ({"messages": [{"role": "user", "content": "x" * 2001}]}, 422, None, "it has 2,001 characters, the limit is"),
        ({"messages": "why?"}, 422, None, "messages: Input should be a valid list"),
    ],
)
def test_an_error_says_the_same_to_everybody(address: str, body: Any, status: int, code: str | None, says: str) -> None:
    """A problem like all others, and OpenAI's own object in it."""
    response = httpx.post(f"{address}/v1/chat/completions", json=body, timeout=PASSED)
    problem = response.json()
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    assert says in problem["detail"]
    assert (problem["error"]["message"], problem["error"].get("code")) == (problem["detail"], code)
    assert problem["error"]["type"] == "invalid_request_error"


def test_the_client_shows_what_to_do(client: openai.OpenAI) -> None:
    """Its exception has our words, the code and the field."""
    with pytest.raises(openai.NotFoundError, match="the models are onrecord") as caught:
        ask(client, model="gpt-4o")
    assert caught.value.code == "model_not_found"
    with pytest.raises(openai.UnprocessableEntityError, match="the archive reads nothing but text") as caught:
        ask(client, IMAGE["content"])
    assert caught.value.param == "messages.0.content"


def test_it_needs_a_full_key_where_there_are_keys(seeded: Parts) -> None:
    """A full key is the client's API key; the widget's public one is not good for it, another one for nothing."""
    settings = Settings(api_keys="full-key", widget_key="public-key")
    with serving(create_app(seeded, settings)) as address:
        assert ask(client_of(address, "full-key"), EVEREST).choices
        assert client_of(address, "full-key").models.retrieve("onrecord").id == "onrecord"
        with pytest.raises(openai.AuthenticationError, match="This service needs a key") as caught:
            ask(client_of(address, "wrong-key"))
        assert caught.value.code == "invalid_api_key"
        with pytest.raises(openai.PermissionDeniedError, match="needs one of ONRECORD_API_KEYS"):
            ask(client_of(address, "public-key"))
        with pytest.raises(openai.PermissionDeniedError):
            client_of(address, "public-key").models.list()


def test_pages_of_other_sites_may_not_use_it(seeded: Parts) -> None:
    """As with every request that the widget does not need, listed origin or not."""
    with serving(create_app(seeded, Settings(widget_origins="https://news.example"))) as address:
        body = {"messages": [USER]}
        headers = {"Origin": "https://news.example"}
        refused = httpx.post(f"{address}/v1/chat/completions", json=body, headers=headers, timeout=PASSED)
    assert refused.status_code == 403
    assert refused.json()["error"]["type"] == "permission_error"


def test_an_article_cannot_put_a_link_into_the_chat(parts: Parts) -> None:
    """Clients show Markdown: what an article has of it is escaped in the content and verbatim in the citation."""
    text = (
        "Harbour opens\n\nThe new harbour opens on Monday ![x](https://evil.example/x.png), said "
        "[the mayor](https://evil.example).\n\nNothing else is new."
    )
    list(parts.indexer.add([Draft(text=text, url="https://news.example/harbour")]))
    with serving(create_app(parts, Settings())) as address:
        answer = ask(client_of(address), "When does the new harbour open?")
    content = str(answer.choices[0].message.content)
    assert "![x](https://evil.example/x.png)" in extra(answer, "citations")[0]["quote"]
    assert "harbour opens on Monday" in content
    assert "](" not in content.replace("\\](", "")
    assert "://" not in content
    found = answer.choices[0].message.annotations or []
    assert found[0].url_citation.url == "https://news.example/harbour"


def test_the_first_chunk_does_not_wait_for_the_model(seeded: Parts) -> None:
    """The response begins when the quotes are found."""
    with scripted("openai", says(Pause(2), "Nothing. ")) as server:
        backend = OpenAI("m", url=server.url, patience=Patience(connect=1, read=PASSED))
        with serving(create_app(with_model(seeded, backend), Settings())) as address:
            chunks = ask(client_of(address), stream=True)
            next(chunks)
            began = time.perf_counter()
            list(chunks)
    assert time.perf_counter() - began > 1
