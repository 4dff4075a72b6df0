"""Question sets in SQuAD's form as articles of a news article's length, with the places of the answers."""

from dataclasses import dataclass
from pathlib import Path

from onrecord.index.values import Draft, Span
from onrecord.service.evaluation.datasets.json_files import parse, read_text
from onrecord.service.evaluation.datasets.squad import read_articles

PARAGRAPHS_OF_AN_ARTICLE = 4
"""A set's own articles run to fifty paragraphs, a news article does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question, and where in the article of this source name its answers stand; no spans where it has none."""

    question: str
    source_name: str
    topic: str
    spans: tuple[Span, ...]
    answers: tuple[str, ...]

    def is_answered_in(self, span: Span) -> bool:
        """Say whether an answer stands within a span of the article."""
        return any(span.contains(answer) for answer in self.spans)


def read_squad(file: Path, *, paragraphs: int = PARAGRAPHS_OF_AN_ARTICLE) -> tuple[list[Draft], list[Asked]]:
    """Read a set, plain or with gzip; return its articles and its questions, in the set's order.

    `paragraphs`: how many make an article; 0 makes one of all paragraphs of a topic.
    """
    drafts: list[Draft] = []
    asked: list[Asked] = []
    for article in read_articles(parse(read_text(file), str(file)), together=paragraphs):
        name = f"{file.name}/{article.topic.replace(' ', '_')}/{article.number}"
        drafts.append(Draft(text=article.text, title=article.topic, source_name=name))
        asked += (
            Asked(question=one.text, source_name=name, topic=article.topic, spans=one.spans, answers=one.answers)
            for one in article.questions
        )
    return drafts, asked
