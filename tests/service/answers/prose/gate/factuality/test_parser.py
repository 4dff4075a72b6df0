"""The parser is one that was tested, or there is none; it is optional, and the gate says so."""

from pathlib import Path

import pytest

from onrecord.index.text.embedder import Embedder
from onrecord.service.answers.prose.gate.factuality import parser as module
from onrecord.service.answers.prose.gate.factuality.parser import Parser, ParserError, SpacyParser
from onrecord.service.answers.prose.gate.sentence_cutter import Written
from onrecord.service.answers.prose.gate.sentence_gate import Passed, SentenceGate, Verdict, Withheld
from tests.service.answers.prose.gate.conftest import source_of

TEXT = "Karl Voss sued Ada Holt in May. The court refused to hear the case."


def test_a_sentence_becomes_a_tree_of_words(parser: Parser) -> None:
    (sentence,) = parser.parse(["Police accused Ada Holt of forging the will."])
    verb = sentence.words[1]
    assert (verb.text, verb.relation, sentence.head(verb)) == ("accused", "ROOT", None)
    assert [word.text for word in sentence.children(verb, "nsubj", "dobj")] == ["Police", "Holt"]


def test_sentences_come_back_in_their_order_however_often_they_stand_there(parser: Parser) -> None:
    texts = ["It rains.", "She left.", "It rains."]
    assert [sentence.words[0].text for sentence in parser.parse(texts)] == ["It", "She", "It"]


def test_another_model_is_refused_with_its_file_and_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SHA256", {"parser/model": "0" * 64})
    with pytest.raises(ParserError, match=r"parser/model has the SHA-256 .* Install onrecord again"):
        SpacyParser().parse(["It rains."])


def test_without_the_model_only_what_stands_word_for_word_is_shown(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, embedder: Embedder
) -> None:
    monkeypatch.setattr(module, "_MODELS", ("no_such_model",))
    gate = SentenceGate(
        question="",
        sources={"aaaaaaa1": source_of(TEXT, embedder)},
        embedder=embedder,
        support_model=None,
        parser=SpacyParser(),
    )

    def check(text: str) -> Verdict:
        return gate.check(Written(text, ("aaaaaaa1",)))

    assert isinstance(check("Karl Voss sued Ada Holt in May."), Passed)
    verdict = check("In May Karl Voss sued Ada Holt.")
    assert isinstance(verdict, Withheld)
    assert verdict.reason.startswith("the passage does not have it word for word")
    check("In May Ada Holt was sued by Karl Voss.")
    assert "spacy download en_core_web_sm" in caplog.records[0].message
    assert [record.message.count("word for word") for record in caplog.records] == [1]


def test_the_files_that_are_checked_are_those_of_the_installed_model() -> None:
    folders = [folder for folder in map(module._folder, module._MODELS) if folder]
    assert [Path(folders[0] / file).is_file() for file in module._SHA256] == [True] * len(module._SHA256)
