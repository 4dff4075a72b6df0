"""Adding articles to an archive: each is read, cut, embedded, stored and indexed."""

import logging
import textwrap
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from onrecord.index.archive.archive import IndexedArticle, Saved, SqliteArchive, content_hash
from onrecord.index.articles.drafts import check_draft
from onrecord.index.articles.news.article_reader import read_article
from onrecord.index.articles.passages import split_passages
from onrecord.index.errors import InvalidArticle, Stopping
from onrecord.index.speech.quotations import quotations_of
from onrecord.index.text.embedder import Embedder
from onrecord.index.values import METADATA, UNNAMED, Actor, ArticleInfo, Block, BlockKind, Draft, Passage, Span
from onrecord.index.vectors.reconciliation import Reconciled, reconcile
from onrecord.index.vectors.vector_index import VectorIndex

_log = logging.getLogger(__name__)

_BATCH_ARTICLES = 32
"""Articles read and embedded together; each is still stored in a transaction of its own."""
_BATCH_CHARACTERS = 100_000
"""Characters of text after which a batch is full, because all its vectors are held in memory."""
_MAX_PASSAGE_TOKENS = 180
"""Tokens in a passage; the default model reads 254, and the title stands before the passage."""
_MIN_PASSAGE_TOKENS = 32
"""Room that a long title leaves to a passage in any case."""

_PREFIX = "{}\n"
"""The title goes into the model before each passage, because a passage rarely repeats the article's subject."""

Status = Literal["created", "updated", "unchanged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A draft's article in the archive, and whether adding the draft changed it."""

    article: ArticleInfo
    status: Status


class Indexer:
    """A writer of the archive and its vector index: one thread writes at a time, and readers never wait."""

    def __init__(
        self,
        *,
        archive: SqliteArchive,
        vector_index: VectorIndex,
        embedder: Embedder,
        may_replace: Callable[[Actor, ArticleInfo], bool] = lambda by, article: True,
    ) -> None:
        """Take the archive for this embedder; raise `EmbedderMismatch` if it belongs to another one.

        `may_replace` says whether a caller may put a new text in the place of an article's.
        """
        archive.claim(embedder.fingerprint)
        self._archive = archive
        self._vector_index = vector_index
        self._may_replace = may_replace
        self._preparer = Preparer(embedder)
        self._lock = threading.Lock()
        self._stopping = threading.Event()

    def add(self, drafts: Iterable[Draft], *, by: Actor = UNNAMED) -> Iterator[Added]:
        """Archive each draft, and yield what became of it once it is stored for good; the audit log names `by`.

        Raise `InvalidArticle` at the first draft that cannot be archived; those before it are kept.
        """
        for batch in _batches(map(check_draft, drafts)):
            yield from self._add_batch(batch, by)

    def add_all(self, drafts: Sequence[Draft], *, by: Actor = UNNAMED) -> list[Added]:
        """Archive all drafts or none of them, in one transaction; return what became of each, once it is stored.

        Raise `InvalidArticle` if one of them cannot be archived, and `Stopping` if the service stops meanwhile.
        """
        checked = [check_draft(draft) for draft in drafts]
        self._archive.check_writable()
        ready: dict[Draft, IndexedArticle] = {}
        for batch in _batches(draft for draft in dict.fromkeys(checked) if self._held(draft) is None):
            if self._stopping.is_set():
                raise Stopping("The service is stopping, and nothing of this request was stored. Send it again later.")
            ready.update(zip(batch, self._preparer.prepare(batch), strict=True))
        with self._lock:
            saved: list[Saved] = []
            with self._archive.transaction():
                added = [self._save(draft, ready, by, saved) for draft in checked]
            self._follow(saved)
        return added

    def stop(self) -> None:
        """Let what is being prepared for `add_all` end without being stored."""
        self._stopping.set()

    def remove(self, article_id: str, *, by: Actor = UNNAMED) -> ArticleInfo:
        """Delete an article and every trace of it but its hash in the audit log; raise `ArticleNotFound`."""
        with self._lock:
            saved = self._archive.remove(article_id, by=by)
            self._follow([saved])
        return saved.article

    def index_again(self, article_id: str) -> ArticleInfo:
        """Cut and embed an archived article again, as if it were new; raise `ArticleNotFound`."""
        with self._lock:
            article = self._archive.article(article_id)
            known = {name: getattr(article.info, name) for name in METADATA}
            (ready,) = self._preparer.prepare([Draft(text=article.text, page=article.page, **known)])
            saved = self._archive.save(ready, by=None, instead_of=article_id)
            self._follow([saved])
        return saved.article

    def reconcile(self) -> Reconciled:
        """Bring the vector index in line with the archive, from the archive's own vectors, without embedding again."""
        with self._lock:
            done = reconcile(self._archive, self._vector_index)
        if done.added or done.removed:
            _log.warning("The vector index was out of step: %d passages added, %d removed.", done.added, done.removed)
        return done

    def _add_batch(self, drafts: Sequence[Draft], by: Actor) -> list[Added]:
        self._archive.check_writable()
        # A draft that the archive already holds is not embedded. Reading and embedding hold no lock, so that a long
        # article does not hold up other writers.
        fresh = [draft for draft in drafts if self._held(draft) is None]
        ready = dict(zip(fresh, self._preparer.prepare(fresh), strict=True))
        saved: list[Saved] = []
        with self._lock:
            try:
                return [self._save(draft, ready, by, saved) for draft in drafts]
            finally:
                # This runs also if saving fails, on a full disk for instance, because what is stored must be found.
                self._follow(saved)

    def _save(self, draft: Draft, ready: Mapping[Draft, IndexedArticle], by: Actor, saved: list[Saved]) -> Added:
        """Save a draft that the archive does not hold yet, and add to `saved` what the vector index must follow."""
        # The archive is asked again before each draft is saved: there may be several revisions of one article among the
        # drafts, and another thread may have saved one in the meantime.
        if held := self._held(draft):
            return Added(article=held, status="unchanged")
        known = self._archive.find(draft)
        if known and not self._may_replace(by, known):
            raise InvalidArticle(
                f"Article {known.id} ({known.title!r}) came from somebody who is trusted more than {by.name!r}, so its "
                "text is kept; add yours under another url or source_name.",
                reason="in the place of an article from somebody more trusted",
            )
        article = ready.get(draft) or self._preparer.prepare([draft])[0]
        saved.append(self._archive.save(article, by=by))
        return Added(article=saved[-1].article, status="updated" if known else "created")

    def _held(self, draft: Draft) -> ArticleInfo | None:
        """Return the archived article that has the draft's text and values already, if there is one."""
        found = self._archive.find(draft)
        if found is None or found.content_sha256 != content_hash(draft.text):
            return None
        same = all(getattr(draft, name) in {None, getattr(found, name)} for name in METADATA)
        same = same and draft.page in {None, self._archive.pages.of_article(found.id)}
        return found if same else None

    def _follow(self, saved: Sequence[Saved]) -> None:
        """Bring the vector index what the archive has committed; if this is cut short, `reconcile` completes it."""
        removed = {i for one in saved for i in one.removed}
        # A batch may hold several revisions of one article, so one may have removed what another one added.
        added = {
            i: vector for one in saved for i, vector in zip(one.added, one.vectors, strict=True) if i not in removed
        }
        self._vector_index.remove(removed)
        if added:
            self._vector_index.upsert(list(added), np.stack(list(added.values())))


def _batches(drafts: Iterable[Draft]) -> Iterator[list[Draft]]:
    """Yield the drafts in batches that are read and embedded together.

    If one is refused with `InvalidArticle`, yield those before it, and raise it then.
    """
    batch: list[Draft] = []
    refused: InvalidArticle | None = None
    try:
        for draft in drafts:
            batch.append(draft)
            if len(batch) == _BATCH_ARTICLES or sum(len(one.text) for one in batch) >= _BATCH_CHARACTERS:
                yield batch
                batch = []
    except InvalidArticle as error:
        refused = error
    if batch:
        yield batch
    if refused:
        raise refused


class Preparer:
    """A maker of what the archive stores of a draft, for one embedder."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def prepare(self, drafts: Sequence[Draft]) -> list[IndexedArticle]:
        """Read, cut and embed the drafts, all passages in one call so that the batches are full."""
        read = [_read(draft) for draft in drafts]
        prefixes = [self._prefix(draft) for draft, _ in read]
        cut = [self._cut(draft, blocks, prefix) for (draft, blocks), prefix in zip(read, prefixes, strict=True)]
        texts = [
            (draft.text, prefix, passage)
            for (draft, _), prefix, passages in zip(read, prefixes, cut, strict=True)
            for passage in passages
        ]
        embeddings = iter(
            self._embedder.embed(
                [prefix + passage.span.of(text) for text, prefix, passage in texts],
                [_parts(passage, offset=len(prefix)) for _, prefix, passage in texts],
            )
        )
        return [
            IndexedArticle(
                draft=draft,
                passages=tuple((passage, next(embeddings)) for passage in passages),
                quotations=tuple(quotations_of(draft.text, blocks)),
            )
            for (draft, blocks), passages in zip(read, cut, strict=True)
        ]

    def _prefix(self, draft: Draft) -> str:
        """Return what goes before each passage: the title, cut to at most a third of what the model reads."""
        title = draft.title or ""
        while self._embedder.count_tokens([title])[0] > self._embedder.max_tokens // 3:
            title = title[: len(title) // 2]
        return _PREFIX.format(title)

    def _cut(self, draft: Draft, blocks: Sequence[Block], prefix: str) -> list[Passage]:
        (prefix_tokens,) = self._embedder.count_tokens([prefix])
        return split_passages(
            draft.text,
            blocks,
            count_tokens=self._embedder.count_tokens,
            max_tokens=max(_MIN_PASSAGE_TOKENS, min(_MAX_PASSAGE_TOKENS, self._embedder.max_tokens - prefix_tokens)),
        )


def _read(draft: Draft) -> tuple[Draft, tuple[Block, ...]]:
    """Return the draft, its missing values filled in from the text, and the text's blocks."""
    reading = read_article(draft.text, title=draft.title)
    said = {name: getattr(draft, name) or getattr(reading, name) for name in ("author", "publisher", "published_at")}
    title = draft.title or reading.title or _make_title(draft, reading.blocks)
    return replace(draft, title=title, **said), reading.blocks


def _make_title(draft: Draft, blocks: Sequence[Block]) -> str:
    """Name an article that has no headline by its first words."""
    first = next((block.span.of(draft.text) for block in blocks if block.kind is BlockKind.PARAGRAPH), draft.text)
    return textwrap.shorten(first, width=80, placeholder=" …") or draft.source_name or "Untitled"


def _parts(passage: Passage, *, offset: int) -> list[Span]:
    """Return the sentences' places in the text that is embedded."""
    shift = offset - passage.span.start
    return [Span(sentence.start + shift, sentence.end + shift) for sentence in passage.sentences]
