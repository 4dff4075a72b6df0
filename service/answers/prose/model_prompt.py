"""Write the prompt of a language model: a question, and passages as data between fences that no text can forge."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from onrecord.index.text.english.word_sets import word_set
from onrecord.index.text.invisible_characters import without_unseen
from onrecord.index.text.sentences import split_sentences
from onrecord.index.values import Span
from onrecord.service.answers.evidence.evidence_finder import Source
from onrecord.service.answers.prompts import Prompts
from onrecord.service.answers.prose.backends.backend import PromptMessage
from onrecord.service.answers.prose.gate.instructions import commands_a_model, find_commands
from onrecord.service.answers.question.conversation import Message

_MIN_LETTERS_PER_TOKEN = 3
"""Code points per token in most languages of the news; with the least of them the prompt stays within the budget."""
_HEADER_TOKENS = 40
"""Tokens of the lines around a passage: its fences, key, headline and date."""
_OMISSION = "[…]"
"""The mark in the place of a sentence that is not shown."""
_MAX_CONVERSATION = 4_000
"""Code points at the end of a conversation that are shown."""
_MAX_NAME = 300
"""Code points of a headline or of a publisher's name that are shown."""
_MAX_QUESTION = 400
"""Code points of a question that a language model wrote; a longer text is taken to be no question."""
_POINTERS = word_set("about there that this they them their these those what when where which with said")
"""Words of a follow-up that need not stand in the question that it was rewritten to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A prompt that is sent to a language model, with its passages by key."""

    messages: tuple[PromptMessage, ...]
    sources: dict[str, Source]
    fence: str
    """The code on the lines around each passage."""


def write_prompt(question: str, sources: Sequence[Source], prompts: Prompts, *, budget: int) -> Prompt:
    """Return a prompt with the question and, in order, as many passages as fit into `budget` tokens, at least one.

    The fence is a hash of the question and of all that it fences, so no passage can hold it. The key of a passage is a
    hash of its place and of the text of its article, and so is the same for every question.
    """
    taken: dict[str, Source] = {}
    texts: dict[str, str] = {}
    left = budget
    for source in sources:
        text = _shown(source)
        cost = len(text) // _MIN_LETTERS_PER_TOKEN + _HEADER_TOKENS
        if taken and cost > left:
            break
        if text.strip():
            key = passage_key(source)
            taken[key], texts[key] = source, text
            left -= cost
    fence = hashlib.sha256("\0".join((question, *texts.values())).encode()).hexdigest()[:12]
    passages = "\n\n".join(
        prompts.passage.format(key=key, fence=fence, source=_source(taken[key]), text=text)
        for key, text in texts.items()
    )
    asked = prompts.ask.format(passages=passages, question=_without_fences(question))
    return Prompt(
        messages=(
            PromptMessage(role="system", content=prompts.system.format(fence=fence)),
            PromptMessage(role="user", content=asked),
        ),
        sources=taken,
        fence=fence,
    )


def write_follow_up(question: str, history: Sequence[Message], prompts: Prompts) -> tuple[PromptMessage, ...]:
    """Return the prompt that asks to rewrite a follow-up as a question that stands alone."""
    names = {"user": "Reader", "assistant": "Archive"}
    # The earlier answers hold words of articles, and so may hold orders to a language model.
    conversation = "\n".join(f"{names[message.role]}: {_harmless(message)}" for message in history)
    return (
        PromptMessage(
            role="user",
            content=prompts.follow_up.format(
                conversation=conversation[-_MAX_CONVERSATION:], question=_without_fences(" ".join(question.split()))
            ),
        ),
    )


def _harmless(message: Message) -> str:
    """Return the sentences of a message in one line, without those that talk to a language model."""
    lines = [line for line in without_unseen(message.content).split("\n") if line.strip()]
    sentences = [span.of(line) for line in lines for span in split_sentences(line, Span(0, len(line)))]
    return _without_fences(" ".join(" ".join(s.split()) for s in map(_unless_command, sentences)))


def read_follow_up(written: str, question: str) -> str | None:
    """Return the question that a language model rewrote from `question`; None if it wrote anything else."""
    lines = [line.strip(' "“”*`') for line in without_unseen(written).strip().splitlines() if line.strip()]
    if len(lines) != 1 or not lines[0] or len(lines[0]) > _MAX_QUESTION:
        return None
    # A rewritten question keeps the words of the follow-up; a text without them is an answer or another question.
    ours, theirs = (set(re.findall(r"\w{4,}", text.casefold())) for text in (question, lines[0]))
    return lines[0] if not ours or len(ours & theirs) * 2 >= len(ours - _POINTERS) else None


def passage_key(source: Source) -> str:
    """Return the key of a passage: eight hexadecimal digits."""
    passage = source.passage
    place = f"{passage.article.content_sha256}:{passage.span.start}:{passage.span.end}"
    return hashlib.sha256(place.encode()).hexdigest()[:8]


def _shown(source: Source) -> str:
    """Return the passage without invisible characters and without sentences that talk to a language model.

    The lines between the sentences are checked as well, because a heading may give orders too.
    """
    text, offset = source.passage.text, source.passage.span.start
    spans = [Span(span.start - offset, span.end - offset) for span in source.sentences.spans]
    shown, at = "", 0
    for span, command in zip(spans, find_commands(text, spans), strict=True):
        shown += _harmless_lines(text[at : span.start]) + (_OMISSION if command else span.of(text))
        at = span.end
    return _without_fences(shown + _harmless_lines(text[at:]))


def _harmless_lines(between: str) -> str:
    """Return the text between two sentences, with a mark for each line that talks to a language model."""
    return "\n".join(line if not line.strip() else _unless_command(line) for line in between.split("\n"))


def _unless_command(sentence: str) -> str:
    return _OMISSION if commands_a_model(sentence) else sentence


def _without_fences(text: str) -> str:
    """Return the text without invisible characters, and with other marks for those that fences are made of."""
    return without_unseen(text).replace("<<", "‹‹").replace(">>", "››")


def _source(source: Source) -> str:
    """Return headline, publisher and day in one line, cleaned like the text, because an outsider wrote them too."""
    article = source.passage.article
    named = [_unless_command(" ".join(part.split()))[:_MAX_NAME] for part in (article.title, article.publisher) if part]
    day = article.published_at[:10] if article.published_at else "without a date"
    return _without_fences(", ".join([*named, day]))
