"""Each text that an answer or the gate compares is taken apart once, however many checks look at it."""

import ast
from collections import Counter
from collections.abc import Callable

import pytest

from onrecord.index.text.embedder import Embedder
from onrecord.service.answers.facts import parsed_text
from onrecord.service.answers.prose.gate.sentence_cutter import Written
from onrecord.service.answers.prose.gate.sentence_gate import Passed, SentenceGate
from onrecord.service.answers.prose.gate.support_model import SupportModel
from onrecord.service.wiring import Parts
from tests.grammar import PARSER
from tests.paths import ROOT
from tests.service.answers.prose.gate.conftest import source_of

Counts = Callable[[str], Counter[str]]

QUESTION = "What did Rubio say about the session?"
PASSAGE = (
    "Marco Rubio met the delegation in Geneva on Tuesday. “The session was productive,” Rubio said. "
    "He added that 28 points were discussed by the two sides in 3 hours."
)
SENTENCE = "Rubio said that 28 points were discussed by the two sides."


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> Counts:
    """Count, for each text, how often one of the scanners is run over it."""

    def count(scanner: str) -> Counter[str]:
        seen: Counter[str] = Counter()
        scan = getattr(parsed_text, scanner)

        def counted(text: str) -> object:
            seen[text] += 1
            return scan(text)

        monkeypatch.setattr(parsed_text, scanner, counted)
        return seen

    return count


def test_a_sentence_of_prose_is_parsed_once_for_all_checks(
    counts: Counts, embedder: Embedder, support: SupportModel
) -> None:
    """The sentence, the passages' sentences and the question each have their words and figures found once."""
    words, figures = counts("words_in"), counts("find_figures")
    sources = {"aaaaaaa1": source_of(PASSAGE, embedder)}
    gate = SentenceGate(question=QUESTION, sources=sources, embedder=embedder, support_model=support, parser=PARSER)
    assert isinstance(gate.check(Written(SENTENCE, ("aaaaaaa1",))), Passed)
    assert {words[SENTENCE], words[QUESTION], figures[SENTENCE]} == {1}
    assert max(words.values()) == max(figures.values()) == 1


def test_a_passage_is_parsed_once_for_all_sentences(counts: Counts, embedder: Embedder) -> None:
    """What the first sentence of an answer had read, the second does not read again."""
    words, figures = counts("words_in"), counts("find_figures")
    sources = {"aaaaaaa1": source_of(PASSAGE, embedder)}
    gate = SentenceGate(question=QUESTION, sources=sources, embedder=embedder, support_model=None, parser=PARSER)
    sentences = (SENTENCE, "Rubio said that the two sides discussed 28 points.")
    for sentence in (*sentences, SENTENCE):
        gate.check(Written(sentence, ("aaaaaaa1",)))
    inside = [span.of(PASSAGE) for span in sources["aaaaaaa1"].sentences.spans]
    assert {count[text] for count in (words, figures) for text in (*sentences, *inside)} == {1}


@pytest.mark.parametrize(
    "question", [QUESTION, "Who attended the talks in Geneva?", "Where were the talks held, and who led them?"]
)
def test_a_question_and_its_quotes_are_parsed_once(counts: Counts, seeded: Parts, question: str) -> None:
    """However many passages hold a sentence, and however many quotes it is held against, its words are found once."""
    words, figures = counts("words_in"), counts("find_figures")
    answer = seeded.answerer.answer(question, limit=5)
    assert answer.citations
    assert words[(answer.understood_as or (question,))[0]] == 1
    assert all(words[citation.quote] == 1 for citation in answer.citations)
    assert max(words.values()) == 1
    assert max(figures.values(), default=1) == 1


def test_nobody_else_takes_texts_apart() -> None:
    """The scanners are called by the parsed text alone, so the counts above see every call."""
    scanners = {"words_in", "terms_of", "stems_in", "content_terms", "find_figures"}
    callers = {
        path.name
        for path in (ROOT / "service" / "answers").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and scanners & {alias.name for alias in node.names}
    }
    assert callers == {"parsed_text.py"}
