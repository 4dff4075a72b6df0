"""Cut the text of a language model into sentences while it is written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from onrecord.index.text.invisible_characters import without_unseen
from onrecord.index.text.sentences import split_sentences
from onrecord.index.values import Span
from onrecord.service.answers.prose.gate.markers import open_marker, read_markers

MAX_SENTENCE = 1_000
"""Code points in a sentence; a longer one is returned in parts, which the gate withholds."""

_THOUGHTS = ("<think>", "</think>")
_LEAD = re.compile(r"\s*(?:(?:[-*•–>]|#{1,6}|\d{1,2}[.)])\s+)*")
_MARKUP = re.compile(r"\*\*|__|`+|(?<!\w)\*(?=\S)|(?<=\S)\*(?!\w)")
_BEFORE_MARK = re.compile(r"\s+(?=[.,;:!?](?:\s|$))")
_ENDER = re.compile(r"[.!?…。！？:]")


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence of a language model without markers and markup, and the keys that it named."""

    text: str
    keys: tuple[str, ...]
    whole: bool = True
    """Whether it is a whole sentence, and not a part of a text that was too long for one."""


class SentenceCutter:
    """A cutter that takes pieces of any size and returns whole sentences with the markers behind their full stops."""

    def __init__(self) -> None:
        self._held = ""
        self._begins = True

    def feed(self, piece: str) -> list[Written]:
        """Take a piece, and return the sentences that it completes."""
        self._held += piece
        if self._begins and not self._has_begun():
            return []
        return list(self._taken(final=False))

    def end(self) -> list[Written]:
        """Return the sentences that are left when the text ends."""
        if self._begins and self._held.lstrip().startswith(_THOUGHTS[0]):
            return []
        return list(self._taken(final=True))

    def _has_begun(self) -> bool:
        """Say whether the answer has begun, and drop the thoughts that some models write before it."""
        text = self._held.lstrip()
        if text.startswith(_THOUGHTS[0]):
            _, end, answer = text.partition(_THOUGHTS[1])
            # Only the last characters are kept, because they may be the first half of the end mark.
            self._held = answer if end else _THOUGHTS[0] + text[len(_THOUGHTS[0]) :][-len(_THOUGHTS[1]) :]
            self._begins = not end
        else:
            self._begins = _THOUGHTS[0].startswith(text)
        return not self._begins

    def _taken(self, *, final: bool) -> Iterator[Written]:
        while self._held:
            end = self._end(final=final)
            if end is None:
                return
            raw, self._held = self._held[:end], self._held[end:]
            yield from _written(raw, whole=len(raw) < MAX_SENTENCE)

    def _end(self, *, final: bool) -> int | None:
        """Return the end of the first sentence and the markers behind it; None until more text shows it."""
        line, newline, _ = self._held.partition("\n")
        if not line:
            return 1
        whole = final or bool(newline)
        if not whole and not _ENDER.search(line) and len(line) < MAX_SENTENCE:
            return None
        begun = None if whole else open_marker(line)
        marked = read_markers(line if begun is None else line[:begun]).text
        spans = split_sentences(marked, Span(0, min(len(marked), 2 * MAX_SENTENCE)))
        if len(spans) > 1 and (whole or _is_begun(marked[spans[1].start :])):
            return spans[1].start
        if whole and len(line) <= MAX_SENTENCE:
            return len(line)
        return MAX_SENTENCE if len(line) > MAX_SENTENCE else None


def _is_begun(text: str) -> bool:
    """Say whether the text has a whole word or 25 code points, enough to be sure that a sentence begins with it."""
    return bool(re.match(r"\W*\w+\W", text)) or len(text) > 24


def _written(raw: str, *, whole: bool) -> Iterator[Written]:
    marked = read_markers(raw)
    text = _LEAD.sub("", without_unseen(marked.text), count=1)
    text = _BEFORE_MARK.sub("", " ".join(_MARKUP.sub("", text).split()))
    if text or marked.keys:
        yield Written(text, marked.keys, whole)
