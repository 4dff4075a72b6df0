"""The support model tells what evidence bears out from what it does not, and points at the word."""

import json
import math
from concurrent.futures import ThreadPoolExecutor

import pytest
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from onrecord.service.answers.prose.gate.support_model import MAX_CLAIM, SupportModelError, load_support, weights_file

EVIDENCE = (
    "The harbour of Porto Velho was opened in May by Mayor Ana Reis. It cost 40 million euros, twice what was planned. "
    "Fishermen had asked for it since 1998, but the government of Boris Lang rejected the plan. Lang said on Monday "
    "that the harbour may close again next year."
)
BORNE_OUT = (
    "The harbour of Porto Velho was opened in May by Mayor Ana Reis.",
    "Mayor Ana Reis opened the harbour of Porto Velho in May.",
    "The harbour cost 40 million euros.",
    "The harbour cost twice what was planned.",
    "Fishermen had asked for the harbour since 1998.",
    "The harbour may close again next year, Lang said.",
    "The government of Boris Lang rejected the plan.",
)
NOT_BORNE_OUT = (
    ("The harbour of Porto Velho was opened in June by Mayor Ana Reis.", "June"),
    ("The harbour of Porto Velho was opened in May by Mayor Boris Lang.", "Boris Lang"),
    ("The harbour cost 70 million euros.", "70"),
    ("The harbour was not opened in May.", "was not"),
    ("Fishermen had asked for the harbour since 1988.", "1988"),
    ("The government of Boris Lang accepted the plan.", "accepted"),
    ("The airport of Porto Velho was opened in May by Mayor Ana Reis.", "airport"),
    ("The president of France will visit the museum on Friday.", None),
)


def test_what_is_borne_out_scores_above_what_is_not(support):
    """Of all pairs of a right and a wrong claim nearly all are in order; names are the gate's own rules' business."""
    claims = [*BORNE_OUT, *(claim for claim, _ in NOT_BORNE_OUT)]
    scores = [found.score for found in support.check([(EVIDENCE, claim) for claim in claims])]
    right, wrong = scores[: len(BORNE_OUT)], scores[len(BORNE_OUT) :]
    assert min(right) > 0
    assert sum(r > w for r in right for w in wrong) >= 0.9 * len(right) * len(wrong)


@pytest.mark.parametrize(("claim", "words"), [pair for pair in NOT_BORNE_OUT if pair[1] not in {None, "Boris Lang"}])
def test_it_points_at_the_word_that_is_wrong(support, claim, words):
    """One whole word of what was changed."""
    weakest = support.check([(EVIDENCE, claim)])[0].weakest
    assert weakest.of(claim) in words.split()


def test_pairs_are_checked_together_as_each_alone(support):
    """Padding changes nothing but the last bits."""
    pairs = [(EVIDENCE, BORNE_OUT[0]), ("Nobody came.", "Nobody came."), (EVIDENCE[:120], NOT_BORNE_OUT[2][0])]
    together = support.check(pairs)
    alone = [support.check([pair])[0] for pair in pairs]
    assert [found.score for found in together] == pytest.approx([found.score for found in alone], abs=0.5)
    assert support.check([]) == []


@pytest.mark.parametrize("claim", ["", " ", "\u200b", "?", "a" * 5_000, "😀" * 300, "The harbour. " * 400])
@pytest.mark.parametrize("evidence", ["", EVIDENCE, EVIDENCE * 50])
def test_odd_texts_get_an_answer(support, claim, evidence):
    """A score that compares with others, and a word inside what was read or none."""
    found = support.check([(evidence, claim)])[0]
    assert not math.isnan(found.score)
    if found.weakest is not None:
        assert 0 <= found.weakest.start < found.weakest.end <= min(len(claim), MAX_CLAIM)


def test_threads_do_not_disturb_each_other(support):
    """As many at once as a server has."""
    expected = support.check([(EVIDENCE, BORNE_OUT[0])])[0].score
    with ThreadPoolExecutor(6) as pool:
        scores = list(pool.map(lambda _: support.check([(EVIDENCE, BORNE_OUT[0])])[0].score, range(12)))
    assert scores == pytest.approx([expected] * 12, abs=0.1)


def test_it_shares_the_embeddings_of_the_embedder(support, embedder):
    """One table of word pieces in memory, not three."""
    assert support._model.embeddings is embedder.share_embeddings()


def test_weights_for_another_model_are_refused(tmp_path):
    """They would read nonsense."""
    file = tmp_path / "support.safetensors"
    save_file(load_file(weights_file()), str(file), metadata={"base_sha256": "0" * 64})
    with pytest.raises(SupportModelError, match="0{64}"):
        load_support(file=file)


@pytest.mark.parametrize("content", [None, b"", b"no weights at all"])
def test_missing_or_broken_weights_are_named(tmp_path, content):
    """The error says which file."""
    file = tmp_path / "support.safetensors"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SupportModelError, match="support.safetensors"):
        load_support(file=file)


def test_the_weights_say_where_they_come_from():
    """Data, licences and what was kept aside, in the file itself; it is small."""
    with safe_open(str(weights_file()), framework="pt") as stored:
        about = stored.metadata()
    assert "CC BY-SA" in about["source"]
    assert len(json.loads(about["kept_aside"])) >= 6
    assert weights_file().stat().st_size <= 11_000_000


@pytest.mark.parametrize("noise", ["市" * 2_000, "!?" * 1_000, "항구" * 1_000, "👩‍👩‍👧‍👦" * 280, "a\u0301" * 1_000])
def test_claim_and_evidence_in_any_script_are_read(support, noise):
    """However many word pieces either of them has alone, and both together, there is a score."""
    pairs = [(EVIDENCE, noise), (noise, BORNE_OUT[0]), (noise, noise)]
    assert all(math.isfinite(found.score) for found in support.check(pairs))
