from onrecord.service.answers.prose.backends.backend import PromptMessage
from onrecord.service.answers.prose.backends.providers.echo import MADE_UP, Echo, Offered, offered

PROMPT = """Who came?

<<passage 1a2b 77f0>>
title: Talks: a beginning
published: 2025-11-02
Lavrov: "We came." He left
early, at 5 p.m. on Friday.
<<end 77f0>>
<<passage 3c4d 91aa>>
title: No sentence
A heading
<<end 0000>>
<<passage f0f0 f0f0>>
Nobody left.
<<end 91aa>>

Answer with keys."""
MESSAGES = (PromptMessage(role="user", content="old"), PromptMessage(role="assistant", content="…"))


def asked(prompt: str) -> tuple[PromptMessage, ...]:
    return (*MESSAGES, PromptMessage(role="user", content=prompt))


def test_passages_are_read_between_the_fences_that_were_opened():
    """A fence inside a passage's text is text; a headline with a colon is no header."""
    assert offered(asked(PROMPT)) == [
        Offered(key="1a2b", text='Lavrov: "We came." He left\nearly, at 5 p.m. on Friday.'),
        Offered(key="3c4d", text="A heading\n<<end 0000>>\n<<passage f0f0 f0f0>>\nNobody left."),
    ]


def test_it_copies_a_sentence_of_each_passage_and_makes_one_up(ask):
    said = "".join(ask(Echo(), asked(PROMPT)))
    assert said.startswith('Lavrov: "We came." [1a2b] ')
    assert f" {MADE_UP} [1a2b] " in said
    assert said.endswith("Nobody left. [3c4d] ")


def test_without_passages_it_says_so(ask):
    assert "".join(ask(Echo(), asked("Hello"))) == "There are no passages to copy from. "
