"""Any extractive question-answering model of transformers can read, by name or by folder."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from onrecord.index.values import FoundPassage, Span
from onrecord.service.answers.evidence.readers.chosen_reader import choose_reader
from onrecord.service.answers.evidence.readers.named_reader import load_named_reader
from onrecord.service.answers.evidence.readers.reader import ReaderError
from onrecord.service.answers.evidence.reading_windows import Window
from tests.article_infos import article_info
from tests.service.answers.tiny_models import ARCHITECTURES, make_network, make_tokenizer, save, teach

TITLE = "Harbour opens"
TEXT = "The harbour was opened in May. It cost 40 million euros, twice what was planned."
SENTENCES = [Span(0, 30), Span(31, len(TEXT))]
COST, KING = "How much did the harbour cost?", "Who is the king of Norway?"
ANSWER = Span(TEXT.index("40"), TEXT.index(", twice"))
OFFSET = 700
"""The place of the window in its article."""


def make_reader(folder: Path, architecture: str, *, spaces: bool) -> None:
    """Save a reader that knows what the harbour cost, and that the text does not name a king."""
    tokenizer = make_tokenizer([TITLE, TEXT, COST, KING], spaces=spaces)
    config, kind, _ = ARCHITECTURES[architecture]
    network = make_network(kind, config, tokenizer)
    text = f"{TITLE}. {TEXT}"
    encoded = tokenizer([COST, KING], [text, text], padding=True, return_offsets_mapping=True, return_tensors="pt")
    shift = len(text) - len(TEXT)
    places = encoded.pop("offset_mapping")[0].tolist()
    inside = [
        at
        for at, (start, end) in enumerate(places)
        if encoded.sequence_ids(0)[at] == 1 and start < ANSWER.end + shift and ANSWER.start + shift < end
    ]
    labels = {"start_positions": torch.tensor([inside[0], 0]), "end_positions": torch.tensor([inside[-1], 0])}
    teach(network, {**encoded, **labels})
    save(folder, network, tokenizer)


def read(reader: Any, question: str) -> Any:
    span = Span(OFFSET, OFFSET + len(TEXT))
    passage = FoundPassage(
        id=1, article=article_info("a", title=TITLE), span=span, text=TEXT, score=1.0, similarity=1.0
    )
    sentences = [Span(one.start + OFFSET, one.end + OFFSET) for one in SENTENCES]
    return reader.read(question, [Window(passage=passage, span=span)], [sentences])[0]


@pytest.mark.parametrize(
    ("architecture", "spaces"), [("BERT", False), ("RoBERTa", True), ("MPNet", False), ("DeBERTa", True)]
)
def test_a_model_in_a_folder_points_at_what_it_was_taught(tmp_path: Path, architecture: str, spaces: bool) -> None:
    """Its words stand where they are in the article, each sentence has its own, and what it lacks scores below 0."""
    make_reader(tmp_path, architecture, spaces=spaces)
    reader = load_named_reader(str(tmp_path))
    first, second = read(reader, COST)
    assert TEXT[second.span.start - OFFSET : second.span.end - OFFSET] == "40 million euros"
    assert second.score > max(0, first.score)
    assert all(words.score < 0 for words in read(reader, KING))
    assert [file.name for file in choose_reader(str(tmp_path)).files] == ["config.json", "model.safetensors"]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda folder: (folder / "config.json").unlink(), "has no config.json"),
        (lambda folder: (folder / "config.json").write_text("{"), "has no config.json"),
        (lambda folder: name_class(folder, "BertForMaskedLM"), "it is BertForMaskedLM"),
        (lambda folder: name_class(folder, None), "it is a model of no stated kind"),
        (lambda folder: (folder / "model.safetensors").unlink(), r"holds no \*.safetensors"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"no weights"), "cannot be loaded"),
        (lambda folder: (folder / "tokenizer.json").write_text("{}"), "cannot be loaded"),
    ],
    ids=["no config", "no JSON", "another kind", "no kind", "no weights", "broken weights", "broken tokenizer"],
)
def test_a_folder_that_holds_no_reader_is_named_with_the_way_out(tmp_path: Path, spoil: Any, message: str) -> None:
    """The error says what is in the folder instead, and which setting to change."""
    tokenizer = make_tokenizer([TEXT], spaces=False)
    config, kind, _ = ARCHITECTURES["BERT"]
    save(tmp_path, make_network(kind, config, tokenizer), tokenizer)
    spoil(tmp_path)
    with pytest.raises(ReaderError, match=f"{message}(.|\n)*Set ONRECORD_READER to") as error:
        load_named_reader(str(tmp_path))
    assert str(tmp_path) in str(error.value)


def name_class(folder: Path, name: str | None) -> None:
    """Write another class, or none, into a model's configuration."""
    file = folder / "config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "architectures": [name] if name else None}))


def test_a_name_that_is_nowhere_is_told_without_the_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither a folder nor in the hub's cache, and the hub cannot be asked."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(
        ReaderError, match=r"reader 'nobody/nothing': there is no such folder, and the hub says: .*ONREC"
    ):
        load_named_reader("nobody/nothing")
