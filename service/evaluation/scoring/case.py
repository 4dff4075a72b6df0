"""A question that was asked, with what is known of its answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from onrecord.service.evaluation.datasets.dataset import GoldQuestion
from onrecord.service.evaluation.outcomes import Cited, Outcome
from onrecord.service.evaluation.scoring.answer_matching import is_right


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A question, the grades of its relevant articles by the archive's ids, and its outcome."""

    question: GoldQuestion
    relevant: Mapping[str, int]
    outcome: Outcome

    @property
    def gold_articles(self) -> frozenset[str]:
        """The ids of the articles that answer."""
        return frozenset(article for article, grade in self.relevant.items() if grade > 0)

    @property
    def shown(self) -> tuple[Cited, ...]:
        """The quotes of the answer, or those closest to one."""
        return self.outcome.citations or self.outcome.closest

    @property
    def right_if_answered(self) -> bool | None:
        """Whether the first quote shown is right; None if the set does not say what is right."""
        if self.question.answerable is None:
            return None
        return any(self.is_right(cited) for cited in self.shown[:1])

    def is_right(self, cited: Cited) -> bool:
        """Return whether a quote has gold words or, where none are given, is of a gold article."""
        return is_right(cited.quote, [cited.article], words=self.question.words, gold_articles=self.gold_articles)


def confidences(cases: Sequence[Case]) -> tuple[list[float], list[bool]]:
    """Return confidence and rightness of the answers that can be judged, refused ones by their closest quote."""
    judged = [(case.outcome.confidence, case.right_if_answered) for case in cases]
    known = [(confidence, right) for confidence, right in judged if right is not None]
    return [confidence for confidence, _ in known], [right for _, right in known]
