"""The way of an article."""

import shutil
import threading
from dataclasses import replace

import numpy as np
import pytest

from onrecord.index.archive.archive import Counts, SqliteArchive
from onrecord.index.articles.file_finder import find_files
from onrecord.index.articles.files import read_file
from onrecord.index.articles.html.page_reader import read_page
from onrecord.index.articles.indexer import Added, Indexer, Preparer
from onrecord.index.errors import ArticleNotFound, EmbedderMismatch, InvalidArticle, UnreadableFile
from onrecord.index.text.embedder import Fingerprint
from onrecord.index.values import Draft, PageFacts, Span
from onrecord.index.vectors.chroma_index import ChromaIndex
from onrecord.index.vectors.reconciliation import Reconciled
from tests.index.articles.html.pages import article_page

TEXT = (
    "Kyiv hails treaty\n\nBy Jane Doe\n\nThe minister said on Monday that the treaty was signed in Kyiv after a night "
    "of talks.\n\nHe added that the vote would be legal, and that nobody should doubt it.\n\nSOURCE: ALJAZEERA\n"
)


@pytest.fixture
def passes(embedder):
    """Count the model's passes: a list that grows by one with each."""
    found = []
    hook = embedder._model.register_forward_hook(lambda *_: found.append(1))
    yield found
    hook.remove()


def seed_drafts(seeds):
    return [draft for path, name in find_files([seeds]) for draft in read_file(path, source_name=name)]


def statuses(store, *drafts):
    return [added.status for added in store.indexer.add(drafts)]


def in_step(store):
    """Say whether archive and vector index hold the same passages, with the same vectors."""
    ids = sorted(store.vector_index.ids())
    there, vectors = store.archive.passages.vectors(ids)
    found = [store.vector_index.search(vector, limit=1)[0] for vector in vectors]
    np.testing.assert_allclose([cosine for _, cosine in found], 1.0, atol=1e-3)
    return there == ids == sorted(store.archive.passages.ids())


def reopened(store, embedder):
    """Open the store's vector index and indexer again, as a new process would."""
    store.vector_index.close()
    vector_index = ChromaIndex(store.home / "vectors", archive_id=store.archive.id)
    return vector_index, Indexer(archive=store.archive, vector_index=vector_index, embedder=embedder)


# Adding


def test_an_article_goes_the_whole_way(store, embedder):
    """Its text is kept, what it says of itself is read, and passages, sentences and vectors are those of the text."""
    draft = Draft(text=TEXT, source_name="1.txt")
    (added,) = store.indexer.add([draft])
    info = added.article
    assert (added.status, info.title, info.author, info.publisher) == (
        "created",
        "Kyiv hails treaty",
        "Jane Doe",
        "Al Jazeera",
    )
    assert store.archive.article(info.id).text == TEXT
    (number,) = store.archive.passages.ids()
    (passage,) = store.archive.passages.found({number: (0.0, 0.0)})
    sentences = store.archive.passages.sentences([number])[number]
    quotable = [span.of(TEXT) for span in sentences.spans]
    assert quotable == [
        "The minister said on Monday that the treaty was signed in Kyiv after a night of talks.",
        "He added that the vote would be legal, and that nobody should doubt it.",
    ]
    assert passage.text == "\n\n".join(quotable)
    assert store.vector_index.ids() == {number}
    # The title stands before the passage in what the model reads, and nowhere else.
    title = "Kyiv hails treaty\n"
    shift = len(title) - passage.span.start
    parts = [Span(span.start + shift, span.end + shift) for span in sentences.spans]
    (expected,) = embedder.embed([title + passage.text], [parts])
    _, (vector,) = store.archive.passages.vectors([number])
    np.testing.assert_allclose(vector, expected.vector, atol=2e-3)
    np.testing.assert_allclose(sentences.vectors, expected.parts, atol=2e-3)


def test_the_seeds_are_added_and_then_held(store, seeds, passes):
    """The second time nothing changes and nothing is embedded."""
    drafts = seed_drafts(seeds)
    first = list(store.indexer.add(drafts))
    assert [added.status for added in first] == ["created"] * 5
    assert [store.archive.article(added.article.id).text for added in first] == [draft.text for draft in drafts]
    assert in_step(store)
    ids, embedded = store.archive.passages.ids(), len(passes)
    assert list(store.indexer.add(drafts)) == [Added(article=one.article, status="unchanged") for one in first]
    assert (store.archive.passages.ids(), len(passes)) == (ids, embedded)


@pytest.mark.parametrize(
    "title",
    ["Kyiv hails treaty", "A title of many words " * 80, "한" * 100, "한국어 문장 " * 200],
    ids=["short", "long", "one Korean word", "long and Korean"],
)
def test_the_model_reads_every_passage_to_its_end(store, embedder, seeds, monkeypatch, title):
    """However long the title that stands before it, nothing of a passage is cut off silently."""
    embed, texts = type(embedder).embed, []
    monkeypatch.setattr(type(embedder), "embed", lambda *args: texts.extend(args[1]) or embed(*args))
    text = (seeds / "001_b467bdeb06d57ac6.txt").read_text(encoding="utf-8")
    (added,) = store.indexer.add([Draft(text=text, title=title)])
    assert added.article.title == title.strip()
    passages = store.archive.passages.found(dict.fromkeys(store.archive.passages.ids(), (0.0, 0.0)))
    assert len(texts) == len(passages) > 1
    for read, passage in zip(texts, passages, strict=True):
        assert read.endswith("\n" + passage.text)
        assert title.startswith(read.removesuffix("\n" + passage.text))
    assert max(embedder.count_tokens(texts)) <= embedder.max_tokens


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, "unchanged"),
        ({"title": "Kyiv hails treaty"}, "unchanged"),
        ({"publisher": None}, "unchanged"),
        ({"text": TEXT + "\n\nThe vote is on Friday, he said."}, "updated"),
        ({"title": "Another title"}, "updated"),
        ({"published_at": "2025-12-02"}, "updated"),
        ({"url": "https://example.org/1"}, "updated"),
        ({"source_name": "2.txt"}, "created"),
    ],
)
def test_a_draft_is_new_or_a_revision_or_nothing_new(store, changed, status):
    """What says more or other than the archive is stored; what says less, or the same, is not."""
    fields = {"text": TEXT, "source_name": "1.txt", "publisher": "AP", "published_at": "2025-12-01"}
    first, *_ = store.indexer.add([Draft(**fields)])
    (second,) = store.indexer.add([Draft(**fields | changed)])
    assert second.status == status
    assert (second.article.id == first.article.id) is (status != "created")
    assert (second.article == first.article) is (status == "unchanged")
    for name, value in changed.items():
        if name != "text" and value is not None:
            assert getattr(second.article, name) == value
    assert in_step(store)


def test_a_page_is_kept_with_what_it_declares(store):
    """The same page again changes nothing; a text in its place, indexing again and removal keep or leave the facts."""
    page = article_page(data={"@type": "NewsArticle", "author": ["Jo Hill", "Eva Lund"], "isAccessibleForFree": False})
    draft = read_page(page, url="https://coast.example/harbour", source_name="a.html")
    assert statuses(store, draft, draft) == ["created", "unchanged"]
    info = store.archive.find(draft)
    assert (info.author, info.url) == ("Jo Hill, Eva Lund", "https://coast.example/harbour")
    assert store.archive.article(info.id).page == draft.page
    store.indexer.index_again(info.id)
    assert store.archive.article(info.id).page == draft.page
    free = read_page(page.replace("false", "true"), url="https://coast.example/harbour")
    assert statuses(store, free, free) == ["updated", "unchanged"]
    assert not store.archive.article(info.id).page.partial
    assert statuses(store, replace(draft, text=TEXT, page=None)) == ["updated"]
    assert store.archive.article(info.id).page == PageFacts()
    statuses(store, draft)
    store.indexer.remove(info.id)
    assert store.archive.database.read().execute("SELECT count(*) FROM pages").fetchone() == (0,)


def test_a_revision_leaves_nothing_of_the_old_text(store):
    """The old passages are gone from archive, words and vectors."""
    (old,) = store.indexer.add([Draft(text="The zebra was seen in the park. It ran.", source_name="1.txt")])
    before = store.vector_index.ids()
    (new,) = store.indexer.add([Draft(text="The horse was seen in the park. It ran.", source_name="1.txt")])
    assert new.article.id == old.article.id
    assert not store.vector_index.ids() & before
    assert store.archive.words.match(["zebra"], limit=9) == []
    assert in_step(store)


def test_revisions_in_one_batch_follow_each_other(store):
    """The last of several revisions handed in at once is what stays; one that came back is an update as well."""
    texts = ["One two three four.", "Five six seven eight.", "Five six seven eight.", "One two three four."]
    drafts = [Draft(text=text, source_name="1.txt") for text in texts]
    assert statuses(store, *drafts) == ["created", "updated", "unchanged", "updated"]
    (info,), _ = store.archive.articles(limit=9)
    assert store.archive.article(info.id).text == texts[-1]
    assert store.archive.counts() == Counts(articles=1, passages=1, sentences=1, quotations=0)
    assert in_step(store)


def test_more_than_a_batch_keeps_its_order(store):
    """Each draft is answered in its place."""
    drafts = [Draft(text=f"Article number {n} about the law.", source_name=f"{n}.txt") for n in range(70)]
    assert [added.article.source_name for added in store.indexer.add(drafts)] == [f"{n}.txt" for n in range(70)]
    assert len(store.vector_index.ids()) == 70


def test_articles_are_stored_while_later_ones_are_still_to_come(store):
    """What is yielded is stored for good, whether anybody asks for the rest or not."""
    drafts = (Draft(text=f"Article number {n} about the law.", source_name=f"{n}.txt") for n in range(1_000_000))
    first = next(store.indexer.add(drafts))
    assert store.archive.info(first.article.id) == first.article
    assert in_step(store)


@pytest.mark.parametrize(
    "draft",
    [
        Draft(text="👩‍👩‍👧 …"),
        Draft(text="Photo: AP"),
        Draft(text="\ufeffשלום עולם\r\n\r\nمرحبا بالعالم"),
        Draft(text="x" * 5_000),
        Draft(text="no end at all " * 400, title="A title of many words " * 80),
    ],
    ids=["emoji", "furniture", "right to left", "one word", "long title"],
)
def test_an_odd_text_is_an_article_like_any_other(store, draft):
    """Whatever the check of drafts lets through is archived, has a title, and reads back."""
    (added,) = store.indexer.add([draft])
    assert added.article.title.strip()
    assert store.archive.article(added.article.id).text == draft.text
    assert in_step(store)
    assert statuses(store, draft) == ["unchanged"]


def test_no_more_text_is_embedded_at_a_time_than_memory_should_hold(store, monkeypatch):
    """However many long articles come, a batch ends with the one that fills it."""
    sizes = []

    def note(drafts):
        sizes.append([len(draft.text) for draft in drafts])
        return []

    monkeypatch.setattr(store.indexer._preparer, "prepare", note)
    lengths = [60_000, 60_000, 1_000_000, 10, 99_989, 1]
    drafts = [Draft(text=f"{n}" * length) for n, length in enumerate(lengths)]
    for some in (drafts[:2], drafts[2:3], drafts[3:5], drafts[5:]):
        with pytest.raises(ValueError, match="zip"):
            next(store.indexer.add(drafts[drafts.index(some[0]) :]))
    assert sizes == [[60_000, 60_000], [1_000_000], [10, 99_989, 1], [1]]


# What is refused


@pytest.mark.parametrize("before", [0, 1, 40])
def test_what_stands_before_a_bad_draft_is_kept(store, before):
    """The error comes after the good drafts before it have been stored and answered."""
    good = [Draft(text=f"Article number {n} about the law.", source_name=f"{n}.txt") for n in range(before + 5)]
    adding = store.indexer.add([*good[:before], Draft(text=" "), *good[before:]])
    assert [next(adding).status for _ in range(before)] == ["created"] * before
    with pytest.raises(InvalidArticle, match=r"^The text is empty; an article needs at least one word\.$"):
        next(adding)
    assert store.archive.counts().articles == before
    assert in_step(store)


def test_what_stands_before_a_broken_file_is_kept(store, tmp_path):
    """The lines before a broken one are stored."""
    file = tmp_path / "a.jsonl"
    file.write_text('{"text": "One is here."}\n{"text": "Two is here."}\n{"text":\n')
    adding = store.indexer.add(read_file(file, source_name="a.jsonl"))
    assert [next(adding).article.source_name for _ in range(2)] == ["a.jsonl#1", "a.jsonl#2"]
    with pytest.raises(UnreadableFile, match="line 3"):
        next(adding)
    assert store.archive.counts().articles == 2


def test_an_archive_of_another_model_is_refused(store, embedder):
    """The error names the way out, before anything is written."""
    other = SqliteArchive(store.home / "other.sqlite3")
    other.claim(Fingerprint(name="bge-small", weights_sha256="6" * 64, dimension=384))
    with pytest.raises(EmbedderMismatch, match=r"'bge-small' .* with `onrecord reindex`, while"):
        Indexer(archive=other, vector_index=store.vector_index, embedder=embedder)
    other.close()


# Removing


def test_a_removed_article_is_found_nowhere(store):
    """Its passages are gone from the archive and from the vector index; others stay."""
    gone, kept = (
        added.article
        for added in store.indexer.add([Draft(text="The zebra ran away."), Draft(text="The horse ran away.")])
    )
    assert store.indexer.remove(gone.id) == gone
    assert store.archive.articles(limit=9) == ([kept], None)
    assert {one.article.id for one in store.retriever.retrieve("zebra", limit=9).passages} == {kept.id}
    assert in_step(store)
    with pytest.raises(ArticleNotFound, match=f"^No article '{gone.id}'"):
        store.indexer.remove(gone.id)


# Reconciling

DRAFTS = [Draft(text=f"Article number {n} is about the law of {n}.", source_name=f"{n}.txt") for n in range(5)]


def test_what_is_in_step_is_left_alone(store):
    """Nothing is added and nothing removed, also while both are empty."""
    assert store.indexer.reconcile() == Reconciled(added=0, removed=0)
    list(store.indexer.add(DRAFTS))
    assert store.indexer.reconcile() == Reconciled(added=0, removed=0)


def test_a_vector_index_that_is_out_of_step_is_mended(store, passes):
    """Missing ids come back from the archive's own vectors, strays go, and nothing is embedded."""
    list(store.indexer.add(DRAFTS))
    ids, embedded = sorted(store.vector_index.ids()), len(passes)
    store.vector_index.remove(ids[:2])
    store.vector_index.upsert([1_000, 2_000, 3_000], np.eye(3, 384, dtype=np.float32))
    assert store.indexer.reconcile() == Reconciled(added=2, removed=3)
    assert len(passes) == embedded
    assert sorted(store.vector_index.ids()) == ids
    assert in_step(store)


def test_a_vector_index_whose_folder_was_deleted_is_rebuilt(store, embedder, passes):
    """The folder holds nothing that the archive does not, so it comes back without embedding again."""
    list(store.indexer.add(DRAFTS))
    question = "the law of 3"
    before = [one.id for one in store.retriever.retrieve(question, limit=5).passages]
    embedded = len(passes)
    store.vector_index.close()
    shutil.rmtree(store.home / "vectors")
    vector_index, indexer = reopened(store, embedder)
    assert indexer.reconcile() == Reconciled(added=5, removed=0)
    assert len(passes) == embedded
    assert vector_index.ids() == set(store.archive.passages.ids())
    nearest = vector_index.search(embedder.embed_question(question), limit=1)
    assert nearest[0][0] == before[0]
    vector_index.close()


def test_a_crash_between_archive_and_vector_index_is_mended(store, embedder, passes):
    """What the archive has committed and the vector index has not seen is found after the next start."""
    list(store.indexer.add(DRAFTS[:3]))
    list(store.indexer.add([Draft(text="The zebra ran away.", source_name="zebra.txt")]))
    # The crash: the archive alone learns of one article more, of a revision, and of a removal.
    for draft in (Draft(text="The horse was seen.", source_name="horse.txt"), Draft(text="New.", source_name="0.txt")):
        store.archive.save(Preparer(embedder).prepare([draft_with_title(draft)])[0])
    store.archive.remove(store.archive.find(Draft(text="", source_name="zebra.txt")).id)
    embedded = len(passes)
    vector_index, indexer = reopened(store, embedder)
    assert indexer.reconcile() == Reconciled(added=2, removed=2)
    assert len(passes) == embedded
    assert vector_index.ids() == set(store.archive.passages.ids())
    vector_index.close()


def draft_with_title(draft):
    return Draft(text=draft.text, source_name=draft.source_name, title="A title")


def test_a_vector_index_that_fails_does_not_lose_the_article(store, monkeypatch):
    """The archive comes first: an article whose vectors could not be brought over is there, and mended."""
    with monkeypatch.context() as patch:
        patch.setattr(ChromaIndex, "upsert", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            list(store.indexer.add(DRAFTS[:1]))
    assert store.archive.counts().articles == 1
    assert store.vector_index.ids() == set()
    assert store.indexer.reconcile() == Reconciled(added=1, removed=0)


def test_an_archive_that_fails_midway_leaves_both_in_step(store, monkeypatch):
    """What was stored of a batch before the archive failed is brought to the vector index."""
    save, saved = SqliteArchive.save, []

    def full_disk(archive, article, **named):
        if len(saved) == 2:
            raise OSError("No space left on device")
        saved.append(save(archive, article, **named))
        return saved[-1]

    monkeypatch.setattr(SqliteArchive, "save", full_disk)
    with pytest.raises(OSError, match="No space left"):
        list(store.indexer.add(DRAFTS))
    assert store.archive.counts().articles == 2
    assert in_step(store)


# Threads


def test_threads_add_remove_and_search_at_the_same_time(store):
    """Writers take turns, readers meet whole articles, and archive and vector index end in step."""
    errors, written = [], threading.Event()

    def write(name):
        for n in range(6):
            (added,) = store.indexer.add(
                [Draft(text=f"Article {n} is about the law. {name} wrote it.", url=f"https://{name}/{n}")]
            )
            if n % 2:
                store.indexer.remove(added.article.id)

    def search():
        while not written.is_set():
            for one in store.retriever.retrieve("Who wrote about the law?", limit=9).passages:
                assert one.text.startswith("Article ")

    def guarded(work, *arguments):
        try:
            work(*arguments)
        except Exception as error:
            errors.append(error)

    writers = [threading.Thread(target=guarded, args=(write, name)) for name in ("a.org", "b.org")]
    reader = threading.Thread(target=guarded, args=(search,))
    for thread in (*writers, reader):
        thread.start()
    for thread in writers:
        thread.join()
    written.set()
    reader.join()
    assert errors == []
    assert store.archive.counts().articles == 6
    assert in_step(store)


def test_a_long_article_holds_up_no_other_writer(store, monkeypatch):
    """While one thread reads and embeds an article, another one adds and removes."""
    prepare, preparing, go_on = Preparer.prepare, threading.Event(), threading.Event()

    def prepare_slowly(preparer, drafts):
        if any("long" in draft.text for draft in drafts):
            preparing.set()
            assert go_on.wait(30)
        return prepare(preparer, drafts)

    monkeypatch.setattr(Preparer, "prepare", prepare_slowly)
    long = threading.Thread(target=statuses, args=(store, Draft(text="A long article.", source_name="long.txt")))
    long.start()
    assert preparing.wait(30)
    (added,) = store.indexer.add([Draft(text="A short article.", source_name="short.txt")])
    store.indexer.remove(added.article.id)
    go_on.set()
    long.join()
    assert store.archive.counts().articles == 1
    assert in_step(store)
