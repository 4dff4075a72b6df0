"""A fake backend without a model, to try generative answers without a key, a download or a network."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from anyio.lowlevel import checkpoint

from onrecord.index.text.sentences import split_sentences
from onrecord.index.values import Span
from onrecord.service.answers.prose.backends.backend import PromptMessage

MAX_COPIED_PASSAGES = 3
"""Passages of which a sentence is copied."""
MADE_UP = "The same day, 4,711 dragons signed the agreement in the city of Atlantis."
"""A sentence that no archive has, given with a key that exists; a gate that shows it did not read the passage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A passage as it stands in the prompt."""

    key: str
    text: str


class Echo:
    """A backend that copies a sentence of each of the first passages in the prompt, with its key, and adds `MADE_UP`.

    It is no language model and understands neither the question nor the passages. It shows the whole way of a
    generative answer: sentences that pass the gate, and one that the gate must withhold.
    """

    name = "echo"

    async def stream(self, messages: Sequence[PromptMessage]) -> AsyncGenerator[str]:
        """Yield the answer word by word."""
        passages = offered(messages)[:MAX_COPIED_PASSAGES]
        said = [f"{sentence} [{passage.key}]" for passage in passages if (sentence := _first_sentence(passage.text))]
        if passages:
            said.insert(1, f"{MADE_UP} [{passages[0].key}]")
        else:
            said.append("There are no passages to copy from.")
        for word in " ".join(said).split(" "):
            await checkpoint()
            yield f"{word} "

    async def close(self) -> None:
        """Release nothing, because nothing is held."""


def offered(messages: Sequence[PromptMessage]) -> list[Offered]:
    """Return the passages in the last of the user's messages, in order.

    A passage begins with a line `<<passage KEY FENCE>>` and ends with a line `<<end FENCE>>` of the same fence. Between
    them stand lines of the kind "title: …", then the text.
    """
    text = next((message.content for message in reversed(messages) if message.role == "user"), "")
    found: list[Offered] = []
    key, fence, inside = "", "", list[str]()
    for line in text.split("\n"):
        words = line.removeprefix("<<").removesuffix(">>").split()
        if fence and line == f"<<end {fence}>>":
            found.append(Offered(key=key, text=_without_header(inside)))
            fence = ""
        elif fence:
            inside.append(line)
        elif line.startswith("<<passage ") and line.endswith(">>") and len(words) == 3:
            _, key, fence = words
            inside = []
    return found


def _without_header(lines: list[str]) -> str:
    first = next((at for at, line in enumerate(lines) if not _is_header(line)), len(lines))
    return "\n".join(lines[first:]).strip()


def _is_header(line: str) -> bool:
    name, colon, _ = line.partition(": ")
    return bool(colon) and name.isalpha() and name.islower()


def _first_sentence(text: str) -> str:
    """Return the first sentence that ends with a full stop or another mark; "" if there is none."""
    spans = split_sentences(text, Span(0, len(text)))
    sentences = (" ".join(span.of(text).split()) for span in spans)
    return next((sentence for sentence in sentences if sentence.rstrip("”\"'’)").endswith((".", "!", "?"))), "")
