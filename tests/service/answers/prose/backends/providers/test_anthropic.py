from pydantic import SecretStr

from onrecord.service.answers.prose.backends.backend import PromptMessage
from onrecord.service.answers.prose.backends.providers.anthropic import Anthropic
from onrecord.service.answers.prose.backends.providers.remote import Patience
from tests.service.answers.prose.backends.scripted import says, scripted

KEY = SecretStr("sk-ant-secret")


def test_an_answer_comes_event_by_event(ask):
    """The system's words stand apart from the turns, and the key in its own header, as this API wants them."""
    with scripted("anthropic", says("Lavrov ", "came. ", "[k1]")) as server:
        backend = Anthropic("claude-opus-4-1", url=server.url, key=KEY, patience=Patience())
        assert ask(backend) == ["Lavrov ", "came. ", "[k1]"]
    (request,) = server.requests
    assert request.path == "/v1/messages"
    assert request.headers["x-api-key"] == "sk-ant-secret"
    assert request.headers["anthropic-version"] == "2023-06-01"
    assert request.json["system"] == "Answer."
    assert request.json["messages"] == [{"role": "user", "content": "Who came?"}]


def test_thoughts_and_signs_of_life_are_no_part_of_the_answer(ask):
    ping = b'event: ping\ndata: {"type": "ping"}\n\n'
    thought = b'data: {"type": "content_block_delta", "delta": {"type": "thinking_delta", "thinking": "Hm."}}\n\n'
    with scripted("anthropic", says(ping, thought, "Yes.")) as server:
        assert ask(Anthropic("any", url=server.url, key=KEY, patience=Patience())) == ["Yes."]


def test_without_a_system_there_is_none(ask):
    with scripted("anthropic", says("Yes.")) as server:
        ask(
            Anthropic("any", url=server.url, key=KEY, patience=Patience()),
            (PromptMessage(role="user", content="Who?"),),
        )
    assert "system" not in server.requests[0].json
