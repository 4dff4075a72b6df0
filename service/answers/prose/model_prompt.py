"""What a language model is asked: the question, and the passages as data between fences that no text can forge."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from onrecord.index.text.english.word_sets import word_set
from onrecord.index.text.sentences import split_sentences
from onrecord.index.values import Span
from onrecord.service.answers.evidence.evidence_finder import Source
from onrecord.service.answers.prompts import Prompts
from onrecord.service.answers.prose.backends.backend import Message
from onrecord.service.answers.prose.gate.instructions import commands_a_model, find_commands
from onrecord.service.answers.prose.gate.invisible_characters import without_unseen
from onrecord.service.answers.question.conversation import Turn

_LETTERS_A_TOKEN = 3
"""Code points a token, at the least, in the languages that news is mostly written in: the budget is kept, not spent."""
_LEFT_OUT = "[…]"
_CONVERSATION = 4_000
"""Code points of a conversation that are shown, its last."""
_LONGEST_NAME = 300
"""Code points of a headline or a publisher's name that are shown."""
_LONGEST_QUESTION = 400
"""Code points of a question that a language model wrote anew; a longer one is no question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What is sent, and the passages in it by the key that each was given."""

    messages: tuple[Message, ...]
    sources: dict[str, Source]
    fence: str
    """The code on the lines around each passage."""


def write_prompt(question: str, sources: Sequence[Source], prompts: Prompts, *, budget: int) -> Prompt:
    """Put the question and as many passages, the first ones first, as fit into `budget` tokens; one always does.

    The fence is a hash of all that it fences, so no passage can hold it; a passage's key is a hash of its own place
    and its article's text, and stays the same from question to question.
    """
    taken: dict[str, Source] = {}
    texts: dict[str, str] = {}
    left = budget
    for source in sources:
        text = _shown(source)
        cost = len(text) // _LETTERS_A_TOKEN + 40
        if taken and cost > left:
            break
        if text.strip():
            key = key_of(source)
            taken[key], texts[key] = source, text
            left -= cost
    fence = hashlib.sha256("\0".join((question, *texts.values())).encode()).hexdigest()[:12]
    passages = "\n\n".join(
        prompts.passage.format(key=key, fence=fence, source=_source(taken[key]), text=text)
        for key, text in texts.items()
    )
    return Prompt(
        messages=(
            Message(role="system", content=prompts.system.format(fence=fence)),
            Message(role="user", content=prompts.ask.format(passages=passages, question=_without_fences(question))),
        ),
        sources=taken,
        fence=fence,
    )


def write_follow_up(question: str, history: Sequence[Turn], prompts: Prompts) -> tuple[Message, ...]:
    """Ask for a question that stands alone."""
    names = {"user": "Reader", "assistant": "Archive"}
    # What the archive answered before was an article's words, with whatever stood in them.
    told = "\n".join(f"{names[turn.role]}: {_said(turn)}" for turn in history)
    return (
        Message(
            role="user",
            content=prompts.follow_up.format(
                conversation=told[-_CONVERSATION:], question=_without_fences(" ".join(question.split()))
            ),
        ),
    )


def _said(turn: Turn) -> str:
    """Return a turn's sentences in one line, without those that talk to a language model."""
    lines = [line for line in without_unseen(turn.content).split("\n") if line.strip()]
    sentences = [span.of(line) for line in lines for span in split_sentences(line, Span(0, len(line)))]
    return _without_fences(" ".join(" ".join(s.split()) for s in map(_unless_command, sentences)))


def read_follow_up(written: str, question: str) -> str | None:
    """Return the question that a language model wrote; None if it wrote anything else."""
    lines = [line.strip(' "“”*`') for line in without_unseen(written).strip().splitlines() if line.strip()]
    if len(lines) != 1 or not lines[0] or len(lines[0]) > _LONGEST_QUESTION:
        return None
    # Made whole, a question keeps its own words: another one is an answer, or somebody else's.
    ours, theirs = (set(re.findall(r"\w{4,}", text.casefold())) for text in (question, lines[0]))
    return lines[0] if not ours or len(ours & theirs) * 2 >= len(ours - _POINTERS) else None


_POINTERS = word_set("about there that this they them their these those what when where which with said")


def key_of(source: Source) -> str:
    """Return the key of a passage: eight hexadecimal digits."""
    passage = source.passage
    place = f"{passage.article.content_sha256}:{passage.span.start}:{passage.span.end}"
    return hashlib.sha256(place.encode()).hexdigest()[:8]


def _shown(source: Source) -> str:
    """Return the passage without what nobody sees and without what talks to a language model.

    Its sentences are looked at one by one, and so are the lines between them: a heading may give orders too.
    """
    text, offset = source.passage.text, source.passage.span.start
    spans = [Span(span.start - offset, span.end - offset) for span in source.sentences.spans]
    shown, at = "", 0
    for span, command in zip(spans, find_commands(text, spans), strict=True):
        shown += _plain(text[at : span.start]) + (_LEFT_OUT if command else span.of(text))
        at = span.end
    return _without_fences(shown + _plain(text[at:]))


def _plain(between: str) -> str:
    """Return lines that are no quotable sentences, those that are harmless."""
    return "\n".join(line if not line.strip() else _unless_command(line) for line in between.split("\n"))


def _unless_command(sentence: str) -> str:
    return _LEFT_OUT if commands_a_model(sentence) else sentence


def _without_fences(text: str) -> str:
    """Return the text without what nobody sees and without the marks of which fences are made."""
    return without_unseen(text).replace("<<", "‹‹").replace(">>", "››")


def _source(source: Source) -> str:
    """Return headline, publisher and day, in one line: what somebody else has written, like the text."""
    article = source.passage.article
    named = [
        _unless_command(" ".join(part.split()))[:_LONGEST_NAME] for part in (article.title, article.publisher) if part
    ]
    day = article.published_at[:10] if article.published_at else "without a date"
    return _without_fences(", ".join([*named, day]))
