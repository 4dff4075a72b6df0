"""Cuts what a language model writes into sentences, while it comes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from onrecord.index.text.sentences import split_sentences
from onrecord.index.values import Span
from onrecord.service.answers.prose.gate.invisible_characters import without_unseen
from onrecord.service.answers.prose.gate.markers import open_marker, read_markers

LONGEST = 1_000
"""Code points in a sentence at most; what is longer is handed on in parts that nothing will bear out."""

_THOUGHTS = ("<think>", "</think>")
_LEAD = re.compile(r"\s*(?:(?:[-*•–>]|#{1,6}|\d{1,2}[.)])\s+)*")
_MARKUP = re.compile(r"\*\*|__|`+|(?<!\w)\*(?=\S)|(?<=\S)\*(?!\w)")
_BEFORE_MARK = re.compile(r"\s+(?=[.,;:!?](?:\s|$))")
_ENDER = re.compile(r"[.!?…。！？:]")


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence as a language model wrote it, without markers and markup, and the keys it named."""

    text: str
    keys: tuple[str, ...]
    whole: bool = True
    """Whether it is a sentence, and not a part of something without an end."""


class SentenceCutter:
    """Takes pieces of any size and gives whole sentences; a marker behind the full stop belongs to its sentence."""

    def __init__(self) -> None:
        self._held = ""
        self._begins = True

    def feed(self, piece: str) -> list[Written]:
        """Take a piece and return the sentences that are complete now."""
        self._held += piece
        if self._begins and not self._has_begun():
            return []
        return list(self._taken(final=False))

    def end(self) -> list[Written]:
        """Return what is left."""
        if self._begins and self._held.lstrip().startswith(_THOUGHTS[0]):
            return []
        return list(self._taken(final=True))

    def _has_begun(self) -> bool:
        """Say whether the answer has begun; thoughts that some models put before it are thrown away."""
        text = self._held.lstrip()
        if text.startswith(_THOUGHTS[0]):
            _, end, answer = text.partition(_THOUGHTS[1])
            # Of thoughts nothing is kept but what may be half of their end.
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
            yield from _written(raw, whole=len(raw) < LONGEST)

    def _end(self, *, final: bool) -> int | None:
        """Return where the first sentence ends, with the markers behind it; None if that is not known yet."""
        line, newline, _ = self._held.partition("\n")
        if not line:
            return 1
        whole = final or bool(newline)
        if not whole and not _ENDER.search(line) and len(line) < LONGEST:
            return None
        begun = None if whole else open_marker(line)
        marked = read_markers(line if begun is None else line[:begun]).text
        spans = split_sentences(marked, Span(0, min(len(marked), 2 * LONGEST)))
        if len(spans) > 1 and (whole or _is_begun(marked[spans[1].start :])):
            return spans[1].start
        if whole and len(line) <= LONGEST:
            return len(line)
        return LONGEST if len(line) > LONGEST else None


def _is_begun(text: str) -> bool:
    """Say whether enough of the next sentence is there to be sure that it is one: a word and what follows it."""
    return bool(re.match(r"\W*\w+\W", text)) or len(text) > 24


def _written(raw: str, *, whole: bool) -> Iterator[Written]:
    marked = read_markers(raw)
    text = _LEAD.sub("", without_unseen(marked.text), count=1)
    text = _BEFORE_MARK.sub("", " ".join(_MARKUP.sub("", text).split()))
    if text or marked.keys:
        yield Written(text, marked.keys, whole)
