"""Any cross-encoder with one score can order the ranker's best sentences anew."""

from pathlib import Path

import pytest
import torch

from onrecord.index.values import FoundPassage, Span
from onrecord.service.answers.evidence.ranking import Candidate, Ranking
from onrecord.service.answers.evidence.reranker import MAX_RERANKED, RerankerError, load_reranker, reranker_files
from tests.article_infos import article_info
from tests.service.answers.tiny_models import ARCHITECTURES, make_network, make_tokenizer, save, teach

TITLE, QUESTION = "Harbour opens", "How much did the harbour cost?"
SENTENCES = ["The mayor spoke.", "Fishermen cheered.", "It cost 40 million euros.", "It rained."]


def make_reranker(folder: Path, architecture: str, *, labels: int = 1) -> None:
    """Save a cross-encoder that knows that the third sentence answers, then the first."""
    texts = [f"{TITLE}. {sentence}" for sentence in SENTENCES]
    tokenizer = make_tokenizer([QUESTION, *texts], spaces=False)
    config, _, kind = ARCHITECTURES[architecture]
    network = make_network(kind, config, tokenizer, num_labels=labels)
    if labels == 1:
        encoded = tokenizer([QUESTION] * len(texts), texts, padding=True, return_tensors="pt")
        teach(network, {**encoded, "labels": torch.tensor([2.0, -4.0, 5.0, -2.0])})
    save(folder, network, tokenizer)


def ranking(sentences: list[str]) -> Ranking:
    """Return the sentences as the ranker's candidates, each half a point behind the one before."""
    text, at, candidates = " ".join(sentences), 0, []
    passage = FoundPassage(
        id=1,
        article=article_info("a", title=TITLE),
        span=Span(0, len(text)),
        text=text,
        score=1.0,
        similarity=1.0,
    )
    for position, sentence in enumerate(sentences):
        span = Span(at, at + len(sentence))
        at = span.end + 1
        candidates.append(
            Candidate(passage=passage, position=position, span=span, score=2.0 - position / 2, coverage=1.0)
        )
    return Ranking(candidates=tuple(candidates), confidence=0.5, answers=True)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_cross_encoder_brings_the_answer_to_the_top(tmp_path: Path, architecture: str) -> None:
    """What it scores higher comes first; what it does not read keeps its order, and its distance, behind the rest."""
    make_reranker(tmp_path, architecture)
    reranker = load_reranker(str(tmp_path))
    filler = [f"Nothing {number}." for number in range(MAX_RERANKED)]
    result = reranker.rerank(QUESTION, ranking([*SENTENCES, *filler]))
    order = [candidate.position for candidate in result.candidates]
    assert [position for position in order if position < len(SENTENCES)] == [2, 0, 3, 1]
    assert order[MAX_RERANKED:] == list(range(MAX_RERANKED, MAX_RERANKED + len(SENTENCES)))
    scores = [candidate.score for candidate in result.candidates]
    assert scores == sorted(scores, reverse=True)
    assert scores[MAX_RERANKED - 1] - scores[MAX_RERANKED] == pytest.approx(0.5)
    assert (result.confidence, result.answers) == (0.5, True)
    empty = Ranking(candidates=(), confidence=0.0, answers=False)
    assert reranker.rerank(QUESTION, empty) is empty
    assert [file.name for file in reranker_files(str(tmp_path))] == ["config.json", "model.safetensors"]


def test_a_model_of_another_kind_is_named_with_the_way_out(tmp_path: Path) -> None:
    """A classifier of three kinds, a reader and an empty folder are no cross-encoders."""
    make_reranker(tmp_path / "three", "BERT", labels=3)
    with pytest.raises(RerankerError, match="gives 3 scores for a text. Set ONRECORD_RERANKER to"):
        load_reranker(str(tmp_path / "three"))
    tokenizer = make_tokenizer(SENTENCES, spaces=False)
    config, kind, _ = ARCHITECTURES["BERT"]
    save(tmp_path / "reader", make_network(kind, config, tokenizer), tokenizer)
    with pytest.raises(RerankerError, match="it is BertForQuestionAnswering, .* Set ONRECORD_RERANKER to"):
        load_reranker(str(tmp_path / "reader"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(RerankerError, match=r"has no config\.json"):
        load_reranker(str(tmp_path / "empty"))
    make_reranker(tmp_path / "broken", "BERT")
    (tmp_path / "broken" / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(RerankerError, match=r"broken cannot be loaded \(.*[^.]\)\. Set ONRECORD_RERANKER to"):
        load_reranker(str(tmp_path / "broken"))
