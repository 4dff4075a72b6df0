from pydantic import SecretStr

from onrecord.service.answers.prose.backends.providers.openai import OpenAI
from onrecord.service.answers.prose.backends.providers.remote import Patience
from tests.service.answers.prose.backends.scripted import Server, refuses, says, scripted, stops_short

QUICK = Patience(connect=1, read=1)


def model(server: Server, **more: object) -> OpenAI:
    return OpenAI("gpt-4o", url=server.url, patience=QUICK, **more)


def test_an_answer_comes_in_the_pieces_that_the_server_sends(ask):
    """The pieces are the server's; the request has model, messages and key where OpenAI wants them."""
    with scripted("openai", says("Lavrov ", "came. ", "[k1]")) as server:
        assert ask(model(server, key=SecretStr("sk-secret"))) == ["Lavrov ", "came. ", "[k1]"]
    (request,) = server.requests
    assert request.path == "/v1/chat/completions"
    assert request.headers["authorization"] == "Bearer sk-secret"
    assert request.json["model"] == "gpt-4o"
    assert request.json["messages"] == [
        {"role": "system", "content": "Answer."},
        {"role": "user", "content": "Who came?"},
    ]


def test_without_a_key_none_is_sent(ask):
    with scripted("openai", says("Yes.")) as server:
        ask(model(server))
    assert "authorization" not in server.requests[0].headers


def test_a_temperature_that_the_model_does_not_take_is_left_out_from_then_on(ask):
    rejected = refuses(400, error={"message": "Unsupported value: 'temperature'", "param": "temperature"})
    with scripted("openai", rejected, says("Yes.")) as server:
        backend = model(server)
        assert ask(backend) == ["Yes."]
        assert ask(backend) == ["Yes."]
    assert ["temperature" in request.json for request in server.requests] == [True, False, False]


def test_a_server_that_says_no_end_word_but_a_reason_to_finish_has_finished(ask):
    last = b'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}'
    with scripted("openai", stops_short("Yes.", last)) as server:
        assert ask(model(server)) == ["Yes."]


def test_reasoning_and_counts_are_no_part_of_the_answer(ask):
    thought = b'data: {"choices": [{"delta": {"reasoning_content": "Hm.", "content": null}}]}\n\n'
    counts = b'data: {"choices": [], "usage": {"total_tokens": 9}}\n\n'
    with scripted("openai", says(b": keep-alive\n\n", thought, "Yes.", counts)) as server:
        assert ask(model(server)) == ["Yes."]
