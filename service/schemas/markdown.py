"""Answers as Markdown with markers, in which the words of an article cannot become a link, an image or HTML."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from onrecord.index.values import Span
from onrecord.service.answers.answer import AnswerSentence

# Only what would make something else of an article's words than words, so that a client that shows plain text gets
# nearly always the very same characters: a backslash that Markdown would take away, links and their definitions, HTML
# and addresses in <>, addresses that are made links of, code. Emphasis changes no words and is left.
_ACTIVE = re.compile(
    r"\\(?=[!-/:-@\[-`{-~])|\](?=[(\[:])|<(?=[A-Za-z/!?])|(?<=:)//(?=\S)|(?<=www)\.(?=\w)|(?<=\w)@(?=\w)|`|~(?=~)",
    re.IGNORECASE,
)
_MARKERS = re.compile(r" ?(?P<run>(?:\[\d+\])+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """The number of a citation and its place in the text, as in "[2]", in code points."""

    number: int
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """Markdown with its markers in their order."""

    text: str = ""
    markers: tuple[Marker, ...] = ()

    def __add__(self, other: "Marked") -> "Marked":
        """Return the other one appended to this one."""
        at = len(self.text)
        moved = (Marker(number=m.number, span=Span(m.span.start + at, m.span.end + at)) for m in other.markers)
        return Marked(text=self.text + other.text, markers=(*self.markers, *moved))


def escape(text: str) -> str:
    """Put a backslash before what Markdown would read as a link, an image, HTML or code, so that it shows the text."""
    return _ACTIVE.sub(lambda match: "\\" + match.group(), text)


def write(sentence: AnswerSentence) -> Marked:
    """Return a sentence as Markdown, followed by its markers."""
    run = "".join(f"[{number}]" for number in sentence.citations)
    return mark(f"{sentence.text} {run}" if run else sentence.text, [sentence])


def mark(text: str, sentences: Sequence[AnswerSentence]) -> Marked:
    """Return the text of an answer as Markdown, with its lines as paragraphs.

    A marker stands right after a sentence or at the end of its line; square brackets in an article's own words are not
    markers.
    """
    marked, at = Marked(), 0
    for sentence in sentences:
        start = text.find(sentence.text, at)
        if start < 0:
            continue
        end = start + len(sentence.text)
        marked += Marked(text=_between(text[at:start]) + escape(sentence.text))
        at = end
        for number, place in _places(text, end, sentence.citations):
            shown = place.of(text)
            marked += Marked(text=_between(text[at : place.start]))
            marked += Marked(text=shown, markers=(Marker(number=number, span=Span(0, len(shown))),))
            at = place.end
    return marked + Marked(text=_between(text[at:]))


def _places(text: str, end: int, numbers: Sequence[int]) -> list[tuple[int, Span]]:
    """Return the markers of a sentence that ends at `end`, in the order of their places."""
    if run := _MARKERS.match(text, end):
        found = [(m, Span(m.start() + run.start("run"), m.end() + run.start("run"))) for m in _numbers(run["run"])]
        return [(int(m.group(1)), span) for m, span in found if int(m.group(1)) in numbers]
    line = text.find("\n", end)
    places = []
    for number in numbers:
        shown = f"[{number}]"
        at = text.rfind(shown, end, line if line >= 0 else len(text))
        if at >= 0:
            places.append((number, Span(at, at + len(shown))))
    return sorted(places, key=lambda place: place[1].start)


def _numbers(run: str) -> list[re.Match[str]]:
    return list(re.finditer(r"\[(\d+)\]", run))


def _between(text: str) -> str:
    # A single line break is a space to Markdown.
    return escape(text).replace("\n", "\n\n")
