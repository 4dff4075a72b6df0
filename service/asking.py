"""What a language model is asked: the question, and the passages as data between fences that no text can forge."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from service.backends.backend import Message
from service.dialogue import Turn
from service.evidence import Source
from service.gate.instructions import commands_a_model
from service.gate.unseen import without_unseen
from service.prompts import Prompts

_LETTERS_A_TOKEN = 3
"""Code points a token, at the least, in the languages that news is mostly written in: the budget is kept, not spent."""
_LEFT_OUT = "[…]"
_CONVERSATION = 4_000
"""Code points of a conversation that are shown, its last."""
_LONGEST_QUESTION = 400
"""Code points of a question that a language model wrote anew; a longer one is no question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What is sent, and the passages in it by the key that each was given."""

    messages: tuple[Message, ...]
    sources: dict[str, Source]


def write_prompt(question: str, sources: Sequence[Source], prompts: Prompts, *, budget: int) -> Prompt:
    """Put the question and as many passages, the first ones first, as fit into `budget` tokens; one always does.

    The fence is a hash of all that it fences, so no passage can hold it; a passage's key is a hash of its own place
    and its article's text, and stays the same from question to question.
    """
    taken: dict[str, Source] = {}
    left = budget
    for source in sources:
        text = _shown(source)
        cost = len(text) // _LETTERS_A_TOKEN + 40
        if taken and cost > left:
            break
        if text.strip():
            taken[key_of(source)] = source
            left -= cost
    texts = {key: _shown(source) for key, source in taken.items()}
    fence = hashlib.sha256("\0".join((question, *texts.values())).encode()).hexdigest()[:12]
    passages = "\n\n".join(
        prompts.passage.format(key=key, fence=fence, source=_source(taken[key]), text=text)
        for key, text in texts.items()
    )
    return Prompt(
        messages=(
            Message(role="system", content=prompts.system.format(fence=fence)),
            Message(role="user", content=prompts.ask.format(passages=passages, question=without_unseen(question))),
        ),
        sources=taken,
    )


def write_follow_up(question: str, history: Sequence[Turn], prompts: Prompts) -> tuple[Message, ...]:
    """Ask for a question that stands alone."""
    names = {"user": "Reader", "assistant": "Archive"}
    told = "\n".join(f"{names[turn.role]}: {' '.join(turn.content.split())}" for turn in history)
    return (
        Message(role="user", content=prompts.follow_up.format(conversation=told[-_CONVERSATION:], question=question)),
    )


def read_follow_up(written: str, question: str) -> str | None:
    """Return the question that a language model wrote; None if it wrote anything else."""
    lines = [line.strip(' "“”*`') for line in without_unseen(written).strip().splitlines() if line.strip()]
    if len(lines) != 1 or not lines[0] or len(lines[0]) > _LONGEST_QUESTION:
        return None
    # Made whole, a question keeps its own words: another one is an answer, or somebody else's.
    ours, theirs = (set(re.findall(r"\w{4,}", text.casefold())) for text in (question, lines[0]))
    return lines[0] if not ours or len(ours & theirs) * 2 >= len(ours - _POINTERS) else None


_POINTERS = frozenset(
    [
        "about",
        "there",
        "that",
        "this",
        "they",
        "them",
        "their",
        "these",
        "those",
        "what",
        "when",
        "where",
        "which",
        "with",
        "said",
    ]
)


def key_of(source: Source) -> str:
    """Return the key of a passage: eight hexadecimal digits."""
    passage = source.passage
    place = f"{passage.article.content_sha256}:{passage.span.start}:{passage.span.end}"
    return hashlib.sha256(place.encode()).hexdigest()[:8]


def _shown(source: Source) -> str:
    """Return the passage without what nobody sees and without sentences that talk to a language model."""
    text, offset = source.passage.text, source.passage.span.start
    for span in reversed(source.sentences.spans):
        start, end = span.start - offset, span.end - offset
        if commands_a_model(text[start:end]):
            text = text[:start] + _LEFT_OUT + text[end:]
    return without_unseen(text).replace("<<", "‹‹").replace(">>", "››")


def _source(source: Source) -> str:
    article = source.passage.article
    day = article.published_at[:10] if article.published_at else "without a date"
    return without_unseen(", ".join(filter(None, (article.title, article.publisher, day)))).replace("<<", "‹‹")
