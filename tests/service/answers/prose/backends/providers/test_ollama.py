from onrecord.service.answers.prose.backends.providers.ollama import CONTEXT_TOKENS, Ollama
from onrecord.service.answers.prose.backends.providers.remote import Patience
from tests.service.answers.prose.backends.scripted import says, scripted


def test_an_answer_comes_line_by_line_over_the_native_api(ask):
    """The context is asked for: by default Ollama would cut the passages off without a word."""
    with scripted("ollama", says("Lavrov ", "came. ", "[k1]")) as server:
        assert ask(Ollama("llama3.2:3b", url=server.url, patience=Patience())) == ["Lavrov ", "came. ", "[k1]"]
    (request,) = server.requests
    assert request.path == "/api/chat"
    assert request.json["model"] == "llama3.2:3b"
    assert request.json["options"]["num_ctx"] == CONTEXT_TOKENS
    assert request.json["messages"] == [
        {"role": "system", "content": "Answer."},
        {"role": "user", "content": "Who came?"},
    ]


def test_thoughts_are_no_part_of_the_answer(ask):
    thought = b'{"message": {"role": "assistant", "content": "", "thinking": "Hm."}, "done": false}\n'
    with scripted("ollama", says(thought, "Yes.")) as server:
        assert ask(Ollama("any", url=server.url, patience=Patience())) == ["Yes."]
