"""Texts to unit vectors."""

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import torch

from onrecord.index.errors import EmbedderError
from onrecord.index.text.built_in_model import DEFAULT_MODEL, built_in_model
from onrecord.index.text.embedder import Embedding, Fingerprint, load_embedder
from onrecord.index.values import Span

OFFICIAL = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
PUTIN = "Last week, Russian President Vladimir Putin declared such a deal “legally impossible”."
TEXTS = [PUTIN, "", "Short.", "Zelenskyy 👩‍👩‍👧 שלום", "The quick brown fox. " * 200, "\u0301", "한국어"]


@pytest.fixture
def model_folder(tmp_path):
    """A copy of the built-in model that a test may damage."""
    return Path(shutil.copytree(built_in_model()[0], tmp_path / "a-model"))


def first_parameter(embedder):
    return next(embedder._model.parameters())


# The model


def test_the_built_in_model_is_the_official_release(embedder):
    """Name, dimension and the SHA-256 of the official weights, and what the model reads less its two markers."""
    assert embedder.fingerprint == Fingerprint(name="all-MiniLM-L6-v2", weights_sha256=OFFICIAL, dimension=384)
    assert embedder.max_tokens == 254


def test_a_folder_is_known_by_its_own_name(model_folder, embedder):
    """The same model in a folder gives the same vectors, and its fingerprint does not hold where the folder lies."""
    other = load_embedder(str(model_folder))
    assert other.fingerprint == Fingerprint(name="a-model", weights_sha256=OFFICIAL, dimension=384)
    np.testing.assert_array_equal(other.embed_question(PUTIN), embedder.embed_question(PUTIN))


def test_a_folder_without_weights_is_refused(tmp_path):
    """The error names the folder and the files that are missing."""
    with pytest.raises(EmbedderError) as caught:
        load_embedder(str(tmp_path))
    assert str(caught.value) == (
        f"The embedding model's folder {tmp_path} holds no *.safetensors or pytorch_model*.bin."
    )


@pytest.mark.parametrize("missing", ["config.json", "modules.json"])
def test_a_damaged_folder_is_refused(model_folder, missing):
    """A folder with weights that is no whole sentence-transformers model is named, without a look at the network."""
    for name in (missing, "config.json"):
        (model_folder / name).unlink(missing_ok=True)
    with pytest.raises(EmbedderError) as caught:
        load_embedder(str(model_folder))
    assert str(caught.value).startswith(f"Cannot load the embedding model '{model_folder}' from {model_folder}: ")


def test_weights_that_are_cut_short_are_refused(model_folder):
    """A download that broke off is named like any other damage."""
    with (model_folder / "model.safetensors").open("r+b") as stream:
        stream.truncate(1_000_000)
    with pytest.raises(EmbedderError, match=r"^Cannot load the embedding model '.*/a-model' from .*/a-model: "):
        load_embedder(str(model_folder))


@pytest.mark.parametrize("name", ["no-such-model", "nobody/no-such-model"])
def test_an_unknown_model_is_named_with_the_way_out(name, network_attempts, tmp_path, monkeypatch):
    """A name that is neither built in nor a folder is asked of the hub; the error says what to set."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EmbedderError) as caught:
        load_embedder(name)
    assert str(caught.value).startswith(f"Cannot find the embedding model {name!r}: no such folder, and the hub says: ")
    assert str(caught.value).endswith(
        f". Set ONRECORD_EMBEDDER to a folder with a sentence-transformers model, or to {DEFAULT_MODEL!r}."
    )
    network_attempts.clear()


# The number type


def test_the_built_in_model_computes_in_bfloat16_where_the_cpu_does(embedder):
    """Emulated bfloat16 can be a hundred times slower, so it is used only where the CPU has it."""
    capabilities = torch.cpu.get_capabilities()
    has_it = bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))
    expected = torch.bfloat16 if has_it and not torch.cuda.is_available() else torch.float32
    assert first_parameter(embedder).dtype is expected


@pytest.mark.skipif(torch.cuda.is_available(), reason="on CUDA the CPU's abilities do not matter")
@pytest.mark.parametrize(
    ("capabilities", "expected"),
    [
        ({"architecture": "x86_64", "avx512_bf16": True, "amx_bf16": False}, torch.bfloat16),
        ({"architecture": "x86_64", "avx512_bf16": False, "amx_bf16": True}, torch.bfloat16),
        ({"architecture": "x86_64", "avx512_bf16": False, "amx_bf16": False, "avx2": True}, torch.float32),
        ({"architecture": "aarch64", "neon": True}, torch.float32),
    ],
)
def test_the_number_type_follows_the_cpu(monkeypatch, capabilities, expected, embedder):
    """A CPU that names neither instruction computes in float32, and both give the same vectors to within a hair."""
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)
    other = load_embedder()
    assert first_parameter(other).dtype is expected
    assert other.fingerprint == embedder.fingerprint
    assert float(other.embed_question(PUTIN) @ embedder.embed_question(PUTIN)) > 0.999


# Vectors


def test_vectors_have_length_one(embedder):
    """Any text gets a unit vector of float32, an empty one and one far too long included, and so do its parts."""
    found = embedder.embed(TEXTS, [[Span(0, len(text)), Span(0, 0)] for text in TEXTS])
    vectors = np.stack([vector for one in found for vector in (one.vector, *one.parts)])
    assert (vectors.shape, vectors.dtype) == ((3 * len(TEXTS), 384), np.float32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_the_meaning_decides_what_is_near(embedder):
    """A question is nearer to its answer than to something else."""
    question = embedder.embed_question("what did Putin say about legality?")
    near, far = embedder.embed([PUTIN, "The recipe takes two eggs and a cup of flour."], [(), ()])
    assert float(question @ near.vector) > float(question @ far.vector) + 0.3


def test_texts_come_back_in_their_order(embedder):
    """Texts are sorted by length into batches inside; each answer still stands where its text stood."""
    texts = [f"Number {i} " + "and so on " * (i * 7 % 13) for i in range(40)]
    found = embedder.embed(texts, [[] for _ in texts])
    alone = np.stack([embedder.embed_question(text) for text in texts])
    cosines = np.stack([one.vector for one in found]) @ alone.T
    assert cosines.argmax(axis=1).tolist() == list(range(40))
    assert [one.parts.shape for one in found] == [(0, 384)] * 40


def test_few_shapes_of_input_reach_the_model(embedder):
    """Kernels are kept for every shape for good, so texts of any length and number come in a few of them."""
    shapes = set()

    def note(_, arguments):
        shapes.add(tuple(arguments[0]["input_ids"].shape))

    hook = embedder._model.register_forward_pre_hook(note)
    for length in range(1, 300, 13):
        embedder.embed_question("word " * length)
    for number in (1, 7, 8, 9, 19):
        embedder.embed(["word " * (number * 13 + i * 29) for i in range(number)], [()] * number)
    hook.remove()
    assert {rows for rows, _ in shapes} == {1, 8}
    assert {pieces for _, pieces in shapes} == set(range(16, 257, 16))


def test_padding_keeps_to_what_the_model_reads(model_folder):
    """A model whose length is no multiple of the step gets no input longer than it reads."""
    settings = model_folder / "sentence_bert_config.json"
    settings.write_text('{"max_seq_length": 100, "do_lower_case": false}')
    embedder = load_embedder(str(model_folder))
    assert embedder.max_tokens == 98
    lengths = []
    hook = embedder._model.register_forward_pre_hook(lambda _, x: lengths.append(x[0]["input_ids"].shape[1]))
    embedder.embed(["fox " * 500, "fox"], [(), ()])
    hook.remove()
    assert lengths == [3, 100]


def test_no_texts_give_no_vectors(embedder):
    """Nothing in, nothing out."""
    assert embedder.embed([], []) == []
    assert embedder.count_tokens([]) == []


def test_parts_are_pooled_from_the_text_s_own_pass(embedder):
    """A part's vector is the mean of the token vectors inside its span, all from one pass through the model."""
    text = "He left. Nobody knows why he did."
    parts = [Span(0, 8), Span(9, 33), Span(9, 15)]
    passes = []
    hook = embedder._model.register_forward_hook(lambda *_: passes.append(1))
    (found,) = embedder.embed([text], [parts])
    hook.remove()
    assert len(passes) == 1
    tokens = embedder._model.encode(text, output_value="token_embeddings").float().cpu().numpy()
    offsets = embedder._tokenizer(text, return_offsets_mapping=True)["offset_mapping"]
    for part, vector in zip(parts, found.parts, strict=True):
        inside = [i for i, (start, end) in enumerate(offsets) if part.start <= start < end <= part.end]
        mean = tokens[inside].mean(axis=0)
        np.testing.assert_allclose(vector, mean / np.linalg.norm(mean), atol=5e-3)


def test_a_part_knows_what_stands_around_it(embedder):
    """The same words in two texts have two vectors: the pass has seen the sentences around them."""
    words = "He said no."
    first, second = "Putin was asked about peace. ", "The chef was asked for eggs. "
    one, other = embedder.embed([first + words, second + words], [[Span(29, 40)], [Span(29, 40)]])
    assert (first + words)[29:40] == (second + words)[29:40] == words
    assert float(one.parts[0] @ other.parts[0]) < 0.9


def test_a_part_that_the_model_has_not_read_gets_the_text_s_vector(embedder):
    """What is cut off behind the model's last word piece, or is nothing but space, is as near as its text."""
    text = "The quick brown fox.  " * 200
    (found,) = embedder.embed([text], [[Span(0, 20), Span(4_300, 4_320), Span(20, 22), Span(5, 5)]])
    assert isinstance(found, Embedding)
    np.testing.assert_array_equal(found.parts[1:], np.stack([found.vector] * 3))
    assert not np.array_equal(found.parts[0], found.vector)


def test_word_pieces_are_counted_without_markers_and_without_an_end(embedder):
    """Counts are the tokenizer's own, far beyond what the model reads."""
    texts = ["", "legality", "unbelievably", "fox " * 1_000]
    assert embedder.count_tokens(texts) == [0, 2, 5, 1_000]


def test_threads_embed_and_count_at_the_same_time(embedder):
    """Questions of several threads at once get the vectors they get alone, while articles are embedded beside them."""
    questions = [f"What did number {i} say about the law?" * (1 + i % 3) for i in range(8)]
    alone = [embedder.embed_question(question) for question in questions]
    found, errors = {}, []

    def ask(number):
        try:
            found[number] = [embedder.embed_question(questions[number]) for _ in range(5)]
            embedder.count_tokens(questions)
            embedder.embed([questions[number], PUTIN], [[Span(0, 4)], [Span(0, 9)]])
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    for number, vector in enumerate(alone):
        np.testing.assert_allclose(found[number], [vector] * 5, atol=1e-3)


@pytest.mark.parametrize(("set_before", "then"), [({}, "1000"), ({"GOMP_SPINCOUNT": "7"}, "7")])
def test_threads_that_wait_sleep_soon_unless_the_user_says_otherwise(set_before, then):
    """PyTorch's OpenMP reads it when it is loaded, so it is set before."""
    code = "import sys, os, onrecord.index.text.embedder; print(os.environ['GOMP_SPINCOUNT'], 'torch' in sys.modules)"
    environment = {name: value for name, value in os.environ.items() if name != "GOMP_SPINCOUNT"} | set_before
    ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == [then, "False"]
