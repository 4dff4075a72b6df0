"""The library: `open_archive` opens an archive, and an `Archive` answers everything that can be asked of it.

Positions are Unicode code points, ends exclusive; instants are ISO 8601. Every error that a caller can meet, but for an
argument of a wrong type, is an `OnRecordError`, and its message names the wrong value and the way out.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from os import PathLike
from pathlib import Path

from anyio.from_thread import BlockingPortal, start_blocking_portal

from onrecord.index.archive.archive import SqliteArchive, open_to_read
from onrecord.index.archive.lock import live_owner_of
from onrecord.index.articles.drafts import check_draft
from onrecord.index.articles.file_finder import find_files
from onrecord.index.articles.files import read_file
from onrecord.index.articles.indexer import Added
from onrecord.index.errors import ArchiveError, InvalidArticle, InvalidFilter, raise_refused
from onrecord.index.search.quotation_finder import FoundQuotation
from onrecord.index.speech.quotations import QuotationKind
from onrecord.index.upkeep.next_index import read_next
from onrecord.index.values import Actor, Article, ArticleInfo, Copies, Draft, Filters, FoundPassage
from onrecord.service.access.this_user import this_user
from onrecord.service.answers.answer import Answer, Mode
from onrecord.service.answers.evidence.calibration import say_calibration
from onrecord.service.answers.question.conversation import Asked, Message
from onrecord.service.arguments import check_limit, check_mode, check_question, read_filters, read_kind
from onrecord.service.settings import Settings, load_settings
from onrecord.service.verification import Verification, verify_citation
from onrecord.service.wiring import Parts, archive_file, check_not_lost, next_folder, open_parts, weight_files

Source = str | Draft | Path
"""One or several articles to add: a text, a text with its data, a file or a folder of files."""

_SAME_NAME = (
    "Two of the files have the source name {!r}, so the second would replace the first; "
    "add them from a folder above both."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What an archive holds, who has it open, and which models it is used with."""

    home: str
    """The archive's folder."""
    in_use_by: int | None
    """The id of the process that owns the archive, if one does."""
    articles: int
    passages: int
    sentences: int
    quotations: int
    embedder: str | None
    """The embedding model that the archive was built with; None until it is first opened with a model."""
    vectors_mended: str | None
    """When the vector index was last rebuilt from the articles, and why."""
    calibration: str
    """Which calibration the confidence of an answer is read with, as a clause."""
    next_index: str | None
    """How far an index for another model is, as a clause; None if there is none."""


@contextmanager
def open_archive(
    home: str | PathLike[str] | None = None,
    *,
    settings: Settings | None = None,
    language_model: bool = True,
    to_write: bool = False,
) -> Iterator["Archive"]:
    """Open the archive in the folder `home`, and close it at the end of the `with` block.

    Without `home` the settings name the folder, and without `settings` the environment does (ONRECORD_HOME). A folder
    that does not exist is made. The models are loaded here, which takes about two seconds; with `language_model` also
    the one that writes prose, if the settings name one.

    One process owns an archive at a time and opens it once; else raise `ArchiveInUse`. If the settings name a Chroma
    server, the archive is opened to read beside its owner instead, unless `to_write` is true; adding and removing then
    raise `ArchiveReadOnly`. Raise `InvalidSetting`, `ArchiveError`, `EmbedderMismatch`, `EmbedderError`, `ReaderError`,
    `SupportModelError`, `BackendError` or `InvalidPrompt` if a part cannot be opened.
    """
    chosen = settings or load_settings()
    if home is not None:
        chosen = chosen.model_copy(update={"home": Path(home).expanduser()})
    with ExitStack() as stack:
        parts = stack.enter_context(open_parts(chosen, reads=not to_write, writes_prose=language_model))
        archive = Archive(parts, chosen, stack.enter_context(start_blocking_portal()))
        stack.callback(archive.close)
        yield archive


class Archive:
    """An open archive. Its methods may be called from several threads at once, and from inside an event loop."""

    def __init__(self, parts: Parts, settings: Settings, portal: BlockingPortal) -> None:
        """Take the open parts, and a portal to the event loop on which answers are made."""
        self._open_parts: Parts | None = parts
        self._settings = settings
        self._portal = portal

    def close(self) -> None:
        """Let go of the language model; every later call raises `ArchiveError`. `open_archive` calls this itself."""
        parts, self._open_parts = self._open_parts, None
        if parts is not None:
            self._portal.call(parts.answering.close)

    def add(
        self,
        articles: Source | Iterable[Source],
        *,
        encoding: str = "utf-8",
        by: Actor | None = None,
        on_refused: Callable[[InvalidArticle], None] | None = None,
    ) -> list[Added]:
        """Add articles, and return what became of each: `created`, `updated` or `unchanged`.

        `articles` is a text, a `Draft`, a `Path` of a file or folder, or an iterable of these; a `str` is always a
        text, and is refused if a file or folder has that name. Files may be .txt, .md, .html, .json or .jsonl, each
        also with .gz; `encoding` is that of the text files, and of a page that declares none. An article with a known
        url or source name replaces the text of that article as a new revision. What is returned is on the disk; the
        audit log names `by`, or else the user of this process, as the one who added it.

        Raise `InvalidArticle` at the first article that is refused, after those before it were added; with
        `on_refused` that function is called with the error instead, and the others are added. Raise `ArchiveReadOnly`
        if another process owns the archive.
        """
        return list(self.add_each(articles, encoding=encoding, by=by, on_refused=on_refused))

    def add_each(
        self,
        articles: Source | Iterable[Source],
        *,
        encoding: str = "utf-8",
        by: Actor | None = None,
        on_refused: Callable[[InvalidArticle], None] | None = None,
    ) -> Iterator[Added]:
        """Add articles as `add` does, and yield what became of each once it is on the disk.

        Articles are read from an iterable as they are needed, so any number fits into memory; nothing is added until
        the iterator is read.
        """
        drafts = _checked_drafts(articles, encoding, on_refused or raise_refused)
        yield from self._parts.indexer.add(drafts, by=by or this_user("library"))

    def add_files(
        self,
        files: Iterable[tuple[Path, str]],
        *,
        encoding: str = "utf-8",
        by: Actor | None = None,
        on_refused: Callable[[InvalidArticle], None] | None = None,
    ) -> Iterator[Added]:
        """Add files with their source names, as `find_article_files` returns them, and yield as `add_each` does."""
        drafts = _drafts_of_files(files, encoding, on_refused or raise_refused)
        yield from self._parts.indexer.add(drafts, by=by or this_user("library"))

    def ask(
        self,
        question: str,
        *,
        limit: int = 5,
        mode: Mode = "auto",
        after: str | None = None,
        before: str | None = None,
        publisher: str | None = None,
        speaker: str | None = None,
        article_ids: Iterable[str] | None = None,
        history: Sequence[Message] = (),
    ) -> Answer:
        """Answer a question with at most `limit` verbatim quotes, or with prose that quotes prove.

        An answer that the archive does not give has the status `abstained`, which is a value and not an error. Each of
        its citations holds `article.text[span.start:span.end] == quote`. `mode` is `extractive` for quotes alone,
        `generative` for prose, `auto` for prose if a language model is configured. `history` is the conversation
        before the question, oldest message first. The other arguments choose the articles: published at or after
        `after` and before `before` (dates; either leaves out every article without one), by `publisher`, with words of
        `speaker` (a name in any form, or a role), with one of `article_ids`.

        Raise `InvalidQuestion` or `InvalidFilter` if an argument makes no sense.
        """
        parts = self._parts
        asked = Asked(
            question=check_question(question, self._settings),
            mode=check_mode(mode),
            limit=check_limit(limit),
            filters=self._filters(after, before, publisher, speaker, article_ids),
            history=tuple(history),
        )
        return self._portal.call(parts.answering.answer, asked)

    def search(
        self,
        query: str,
        *,
        limit: int = 10,
        after: str | None = None,
        before: str | None = None,
        publisher: str | None = None,
        speaker: str | None = None,
        article_ids: Iterable[str] | None = None,
    ) -> list[FoundPassage]:
        """Return at most `limit` passages nearest to the query by word and by meaning, best first.

        The arguments that choose the articles are those of `ask`. Raise `InvalidQuestion` or `InvalidFilter` if an
        argument makes no sense.
        """
        filters = self._filters(after, before, publisher, speaker, article_ids)
        text = check_question(query, self._settings)
        return list(self._parts.retriever.retrieve(text, limit=check_limit(limit), filters=filters).passages)

    def quotations(
        self,
        *,
        speaker: str | None = None,
        about: str | None = None,
        kind: QuotationKind | str | None = None,
        limit: int = 20,
        after: str | None = None,
        before: str | None = None,
        publisher: str | None = None,
        article_ids: Iterable[str] | None = None,
    ) -> list[FoundQuotation]:
        """Return at most `limit` quotations: who said what.

        With `about`, a topic, the nearest by word and by meaning come first; without it, they come in the order they
        were archived. `speaker` is a name in any form, or a role; `kind` is `direct`, `mixed` or `reported`. The
        arguments that choose the articles are those of `ask`.

        Raise `InvalidFilter` or `InvalidQuestion` if an argument makes no sense.
        """
        return self._parts.quotations.find(
            speaker=speaker,
            about=about,
            kind=read_kind(kind),
            filters=read_filters(after, before, publisher, article_ids),
            limit=check_limit(limit),
        )

    def verify(
        self, article_id: str, start: int, end: int, quote: str, content_sha256: str | None = None
    ) -> Verification:
        """Compare a citation with the archive as it is now: `text[start:end]` of the article should be `quote`.

        `content_sha256` is the hash of the article's text that a citation carries; with it, the status tells a text
        that was `changed` from a citation that was wrong (`mismatch`). An article that the archive does not have is
        `missing`, which is a value and not an error. Raise `InvalidFilter` unless 0 ≤ start ≤ end.
        """
        if not 0 <= start <= end:
            raise InvalidFilter(f"start {start} and end {end} name no place; give 0 ≤ start ≤ end.")
        return verify_citation(self._parts.archive, article_id, start, end, quote, content_sha256)

    def article(self, article_id: str) -> Article:
        """Return an article with its text, character for character as it was added; raise `ArticleNotFound`."""
        return self._parts.archive.article(article_id)

    def articles(self, query: str | None = None) -> Iterator[ArticleInfo]:
        """Yield every article without its text, in the order they were added.

        With `query`, yield those that have it in their title, publisher, author or source name.
        """
        return chain.from_iterable(self._parts.archive.article_pages(query=query))

    def remove(self, article_id: str, *, by: Actor | None = None) -> ArticleInfo:
        """Remove an article and everything that was derived from it, and return what it was.

        The audit log keeps its id and its hash, and names `by`, or else the user of this process, as the one who
        removed it. Raise `ArticleNotFound`, or `ArchiveReadOnly` if another process owns the archive.
        """
        return self._parts.indexer.remove(article_id, by=by or this_user("library"))

    def status(self) -> Status:
        """Return what the archive holds, who owns it, and which models it is used with."""
        return _status_of(self._parts.archive, self._settings)

    @property
    def _parts(self) -> Parts:
        if self._open_parts is None:
            raise ArchiveError(f"The archive in {self._settings.home} is closed; open it again with open_archive.")
        return self._open_parts

    def _filters(
        self,
        after: str | None,
        before: str | None,
        publisher: str | None,
        speaker: str | None,
        article_ids: Iterable[str] | None,
    ) -> Filters:
        filters = read_filters(after, before, publisher, article_ids)
        return replace(filters, speakers=self._parts.speakers.match(speaker)) if speaker else filters


def find_article_files(
    paths: Iterable[Path],
    *,
    on_refused: Callable[[InvalidArticle], None] | None = None,
    unread: Counter[str] | None = None,
) -> list[tuple[Path, str]]:
    """Return each article file below the paths with the source name that its article gets.

    What a folder holds and cannot be read as its file, as a link that leaves it, is left and refused. `unread` counts
    the files with other endings. Raise `UnreadableFile` for a path without an article file, and `InvalidArticle` if two
    files have one source name.
    """
    files = list(find_files(paths, refuse=on_refused or raise_refused, unread=unread))
    counts = Counter(name for _, name in files)
    if twice := next((name for name, count in counts.items() if count > 1), None):
        raise InvalidArticle(_SAME_NAME.format(twice))
    return files


def list_articles(archive: SqliteArchive, query: str | None = None) -> Iterator[tuple[ArticleInfo, Copies]]:
    """Yield every article with the articles that carry the same story, in the order they were added."""
    for page in archive.article_pages(query=query):
        copies = archive.copies.shared([info.id for info in page])
        yield from ((info, copies.get(info.id, Copies())) for info in page)


def is_empty(settings: Settings) -> bool:
    """Say whether the archive that the settings name has no article; an absent one has none.

    An archive that another process owns is not called empty, because that process may be adding to it. Nothing is
    created. Raise `ArchiveError` if the archive cannot be read.
    """
    if live_owner_of(settings.home) is not None:
        return False
    file = archive_file(settings.home)
    check_not_lost(settings.home)
    try:
        file.stat()
    except FileNotFoundError:
        return True
    except OSError as error:
        raise ArchiveError(
            f"Cannot read the archive {file}: {error.strerror or error}. Name another folder with ONRECORD_HOME."
        ) from error
    with closing(open_to_read(file)) as archive:
        return archive.is_empty()


def read_status(settings: Settings) -> Status:
    """Return the status of the archive that the settings name, also beside its owner; an absent one is empty."""
    file = archive_file(settings.home)
    check_not_lost(settings.home)
    if file.exists():
        with closing(open_to_read(file)) as archive:
            return _status_of(archive, settings)
    return Status(
        home=str(settings.home),
        in_use_by=live_owner_of(settings.home),
        articles=0,
        passages=0,
        sentences=0,
        quotations=0,
        embedder=None,
        vectors_mended=None,
        calibration="as shipped",
        next_index=describe_next(settings.home),
    )


def _status_of(archive: SqliteArchive, settings: Settings) -> Status:
    counts = archive.counts()
    return Status(
        home=str(settings.home),
        in_use_by=live_owner_of(settings.home),
        articles=counts.articles,
        passages=counts.passages,
        sentences=counts.sentences,
        quotations=counts.quotations,
        embedder=archive.embedder(),
        vectors_mended=archive.fact("vector_index_mended"),
        calibration=say_calibration(archive, weight_files(settings)),
        next_index=describe_next(settings.home),
    )


def describe_next(home: Path) -> str | None:
    """Return how far an index for another model is, as a clause; None if there is none."""
    state = read_next(next_folder(home))
    if state is None:
        return None
    return f"{state.embedder.name}, {state.articles} articles, {'ready' if state.finished else 'not finished'}"


def _checked_drafts(
    articles: Source | Iterable[Source], encoding: str, refuse: Callable[[InvalidArticle], None]
) -> Iterator[Draft]:
    """Yield the drafts that can be archived; call `refuse` with the error of each article that cannot."""
    names: set[str] = set()
    for source in [articles] if isinstance(articles, Source) else articles:
        if isinstance(source, Path):
            files = find_article_files([source], on_refused=refuse)
            if twice := names.intersection(name for _, name in files):
                raise InvalidArticle(_SAME_NAME.format(min(twice)))
            names.update(name for _, name in files)
            yield from _drafts_of_files(files, encoding, refuse)
        elif isinstance(source, str):
            yield from _checked(_read_text(source), refuse)
        else:
            yield from _checked(source, refuse)


def _drafts_of_files(
    files: Iterable[tuple[Path, str]], encoding: str, refuse: Callable[[InvalidArticle], None]
) -> Iterator[Draft]:
    for file, name in files:
        yield from read_file(file, source_name=name, encoding=encoding, refuse=refuse)


def _read_text(text: str) -> Draft | InvalidArticle:
    """Return the draft of a text, or the error for one that names a file or folder, which was meant then."""
    if text.strip() and "\n" not in text and _is_path(text):
        return InvalidArticle(f"{text!r} is a file or folder here, and a str is a text; pass Path({text!r}).")
    return Draft(text=text)


def _is_path(text: str) -> bool:
    try:
        return Path(text).exists()
    except (OSError, ValueError):  # A text that is too long for a path, or has a character that no path has.
        return False


def _checked(read: Draft | InvalidArticle, refuse: Callable[[InvalidArticle], None]) -> Iterator[Draft]:
    if isinstance(read, InvalidArticle):
        refuse(read)
        return
    try:
        draft = check_draft(read, name=read.source_name or read.url)
    except InvalidArticle as error:
        refuse(error)
    else:
        yield draft
