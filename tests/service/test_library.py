import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal

import onrecord
from onrecord.service.library import find_article_files
from onrecord.service.wiring import Parts
from tests.paths import ROOT

HARBOUR = "Harbour to open in May\n\nThe new harbour will open in May, Mayor Ana Reis said on Monday."
FERRY = "Ferry to stop\n\nThe ferry will stop in June, Minister Rui Costa said on Tuesday."


@pytest.fixture
def archive(parts: Parts, home: Path) -> Iterator[onrecord.Archive]:
    """An empty archive of the test's own, as the library opens it."""
    with start_blocking_portal() as portal:
        yield onrecord.Archive(parts, onrecord.Settings(home=home), portal)


@pytest.fixture
def news(seeded: Parts, home: Path) -> Iterator[onrecord.Archive]:
    """The archive of the five seed articles; for tests that only read."""
    with start_blocking_portal() as portal:
        yield onrecord.Archive(seeded, onrecord.Settings(home=home), portal)


def test_the_import_brings_nothing_heavy() -> None:
    """`import onrecord` imports no module of another distribution, and few of Python's own."""
    code = "import sys; before = set(sys.modules); import onrecord; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["onrecord", "onrecord.service"]


def test_every_public_name_is_there() -> None:
    """Each name that `dir(onrecord)` lists can be used, and no other can."""
    assert "open_archive" in dir(onrecord)
    assert all(hasattr(onrecord, name) for name in dir(onrecord))
    with pytest.raises(AttributeError, match="'onrecord' has no attribute 'Nothing'"):
        _ = onrecord.Nothing  # type: ignore[attr-defined]


def test_every_public_error_has_one_root_and_stands_in_the_tree() -> None:
    """One `except` catches every error, and the documentation's tree names each of them below its parent."""
    errors = [value for name in dir(onrecord) if isinstance(value := getattr(onrecord, name), type)]
    errors = [error for error in errors if issubclass(error, Exception)]
    assert all(issubclass(error, onrecord.OnRecordError) for error in errors)
    tree = (onrecord.__doc__ or "").partition("\nOnRecordError\n")[2].splitlines()
    depths = {line.split("── ")[1].split()[0]: line.index("── ") for line in tree if "── " in line}
    assert set(depths) | {"OnRecordError"} == {error.__name__ for error in errors}
    for error in errors:
        if error is not onrecord.OnRecordError:
            assert depths[error.__name__] == (1 if error.__base__ is onrecord.OnRecordError else 5)


@pytest.mark.usefixtures("loaded_models")
def test_an_archive_is_opened_in_a_folder_and_closed_at_the_end(home: Path) -> None:
    """The folder is made, its content stays, and an archive that was closed says so."""
    with onrecord.open_archive(home) as archive:
        assert [added.status for added in archive.add(HARBOUR)] == ["created"]
        assert archive.status().home == str(home)
    with pytest.raises(onrecord.ArchiveError, match="is closed; open it again"):
        archive.status()
    with onrecord.open_archive(str(home)) as archive:
        assert [info.title for info in archive.articles()] == ["Harbour to open in May"]


@pytest.mark.usefixtures("loaded_models")
def test_the_settings_name_the_folder_where_the_caller_does_not(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a folder it is ONRECORD_HOME's, or that of the settings that are given."""
    monkeypatch.setenv("ONRECORD_HOME", str(home / "a"))
    with onrecord.open_archive() as archive:
        assert archive.status().home == str(home / "a")
    with onrecord.open_archive(settings=onrecord.Settings(home=home / "b")) as archive:
        assert archive.status().home == str(home / "b")


@pytest.mark.usefixtures("loaded_models")
def test_an_archive_has_one_owner(home: Path) -> None:
    """A second opening of one archive is refused by name, and the way out is to use the first."""
    says = "is open in this process already"
    with onrecord.open_archive(home), pytest.raises(onrecord.ArchiveInUse, match=says), onrecord.open_archive(home):
        pass


@pytest.mark.usefixtures("loaded_models")
def test_an_archive_that_nobody_can_write_answers(
    home: Path, unwritable: Callable[[Path], AbstractContextManager[None]]
) -> None:
    """It is opened without its vector index, and says why nothing can be added."""
    with onrecord.open_archive(home) as archive:
        archive.add(HARBOUR)
    with unwritable(home), onrecord.open_archive(home) as archive:
        assert archive.ask("When will the new harbour open?").status == "answered"
        with pytest.raises(onrecord.ArchiveError, match="only be read"):
            archive.add(FERRY)


def test_texts_drafts_files_and_folders_are_added(archive: onrecord.Archive, tmp_path: Path) -> None:
    """A text, a draft, a file, a folder, and an iterable of them: each article has what became of it."""
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "harbour.txt").write_text(HARBOUR)
    (folder / "ferry.txt").write_text(FERRY)
    assert [added.status for added in archive.add(HARBOUR)] == ["created"]
    assert [added.article.publisher for added in archive.add(onrecord.Draft(text=FERRY, publisher="The Coast"))] == [
        "The Coast"
    ]
    assert {(a.article.source_name, a.status) for a in archive.add(folder)} == {
        ("ferry.txt", "created"),
        ("harbour.txt", "created"),
    }
    again = archive.add(path for path in [folder / "ferry.txt", folder / "harbour.txt"])
    assert [(a.article.source_name, a.status) for a in again] == [
        ("ferry.txt", "unchanged"),
        ("harbour.txt", "unchanged"),
    ]


def test_articles_are_added_as_the_iterator_is_read(archive: onrecord.Archive) -> None:
    """`add_each` reads its source as it goes, and adds nothing before it is read."""
    adding = archive.add_each(onrecord.Draft(text=text, source_name=f"{n}") for n, text in enumerate([HARBOUR, FERRY]))
    assert archive.status().articles == 0
    assert [added.article.source_name for added in adding] == ["0", "1"]


def test_a_refused_article_is_an_error_or_is_reported(archive: onrecord.Archive, tmp_path: Path) -> None:
    """A bad article stops the adding with its name; with `on_refused` it is reported, and the others are added."""
    (tmp_path / "a.txt").write_bytes(b"\x00\x01")
    (tmp_path / "b.txt").write_text(HARBOUR)
    with pytest.raises(onrecord.InvalidArticle, match=r"a\.txt: this is a binary file"):
        archive.add(tmp_path)
    refused: list[onrecord.InvalidArticle] = []
    sources = [tmp_path, onrecord.Draft(text=" ", source_name="blank")]
    added = archive.add(sources, on_refused=refused.append)
    assert [one.article.source_name for one in added] == ["b.txt"]
    assert [str(error).partition(": ")[0].rpartition("/")[2] for error in refused] == ["a.txt", "blank"]


def test_two_files_of_one_name_are_refused(archive: onrecord.Archive, tmp_path: Path) -> None:
    """Two files that would get one source name are refused, so that neither replaces the other."""
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.txt").write_text(HARBOUR)
    with pytest.raises(onrecord.InvalidArticle, match=r"source name 'x\.txt'"):
        archive.add([tmp_path / "a" / "x.txt", tmp_path / "b" / "x.txt"])


def test_a_text_that_names_a_file_or_folder_is_refused(
    archive: onrecord.Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A `str` that is a path here was meant as one, so it is refused with the way out; every other `str` is a text."""
    (tmp_path / "seeds").mkdir()
    (tmp_path / "harbour.txt").write_text(HARBOUR)
    monkeypatch.chdir(tmp_path)
    says = r"^'seeds' is a file or folder here, and a str is a text; pass Path\('seeds'\)\.$"
    with pytest.raises(onrecord.InvalidArticle, match=says):
        archive.add("seeds")
    refused: list[onrecord.InvalidArticle] = []
    texts = ["harbour.txt", "The harbour opens.", "word " * 1_000, HARBOUR]
    assert [added.status for added in archive.add(texts, on_refused=refused.append)] == ["created"] * 3
    assert [str(error).partition(" is ")[0] for error in refused] == ["'harbour.txt'"]
    with pytest.raises(onrecord.InvalidArticle, match="The text is empty"):
        archive.add("")


def test_the_one_name_that_two_of_many_files_have_is_found_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Among 50,000 files, the two of one source name are found in a moment."""
    files = [(Path(f"{number}.txt"), f"{number}.txt") for number in range(50_000)]
    twice = [*files, (Path("again/49999.txt"), "49999.txt")]
    started = time.perf_counter()
    monkeypatch.setattr("onrecord.service.library.find_files", lambda paths, **_: iter(files))
    assert find_article_files([Path("news")]) == files
    monkeypatch.setattr("onrecord.service.library.find_files", lambda paths, **_: iter(twice))
    with pytest.raises(onrecord.InvalidArticle, match=r"source name '49999\.txt'"):
        find_article_files([Path("news"), Path("again/49999.txt")])
    assert time.perf_counter() - started < 5


def test_an_answer_is_proved_by_slices_of_its_articles(news: onrecord.Archive) -> None:
    """Each citation's span cuts exactly its quote out of the article; values cannot be changed."""
    answer = news.ask("what did Putin say about legality?", limit=2)
    assert answer.status == "answered"
    assert 0 < len(answer.citations) <= 2
    for citation in answer.citations:
        assert citation.span.of(news.article(citation.article.id).text) == citation.quote
    with pytest.raises(FrozenInstanceError):
        answer.text = "something else"  # type: ignore[misc]


def test_a_question_is_understood_after_the_conversation_before_it(news: onrecord.Archive) -> None:
    """A follow-up is answered as the question that it leaves unsaid."""
    before = onrecord.Message(role="user", content="What did Putin say about legality?")
    answer = news.ask("And what did he say about the Budapest Memorandum?", history=[before])
    assert any("Putin" in question for question in answer.understood_as)


def test_filters_choose_the_articles(news: onrecord.Archive) -> None:
    """Dates, speakers and ids narrow what is searched; a filter that makes no sense is named."""
    ids = {passage.article.id for passage in news.search("Budapest Memorandum", limit=20)}
    one = min(ids)
    assert {p.article.id for p in news.search("Budapest Memorandum", article_ids=[one])} == {one}
    assert news.search("Budapest Memorandum", after="2100-01-01") == []
    with pytest.raises(onrecord.InvalidFilter, match="'yesterday' is no date"):
        news.ask("why?", after="yesterday")
    assert {q.stored.quotation.speaker for q in news.quotations(speaker="Putin")} == {"Vladimir Putin"}
    with pytest.raises(onrecord.InvalidFilter, match="'sung' is none of direct, mixed, reported"):
        news.quotations(kind="sung")


@pytest.mark.parametrize(
    ("question", "limit", "says"), [(" ", 5, "blank"), ("x" * 2_001, 5, "2,001 characters"), ("why?", 0, "limit is 0")]
)
def test_a_question_that_cannot_be_asked_is_an_error(
    news: onrecord.Archive, question: str, limit: int, says: str
) -> None:
    """A blank question, one that is too long and a limit of none are errors that name the value."""
    with pytest.raises(onrecord.InvalidQuestion, match=says):
        news.ask(question, limit=limit)


def test_a_mode_that_is_none_is_an_error(news: onrecord.Archive) -> None:
    """A mode that does not exist is named, with those that do."""
    with pytest.raises(onrecord.InvalidQuestion, match=r"^'prose' is none of auto, extractive, generative\.$"):
        news.ask("why?", mode="prose")  # type: ignore[arg-type]


def test_a_citation_is_verified_until_its_article_changes(archive: onrecord.Archive) -> None:
    """A citation is verified, then changed, then missing, as the archive goes on; a place out of order is an error."""
    first = archive.add(onrecord.Draft(text=HARBOUR, source_name="harbour"))[0].article
    quote = "open in May"
    place = (HARBOUR.index(quote), HARBOUR.index(quote) + len(quote))
    assert archive.verify(first.id, *place, quote, first.content_sha256).status == "verified"
    assert archive.verify(first.id, *place, "shut in May", first.content_sha256).status == "mismatch"
    archive.add(onrecord.Draft(text=HARBOUR.replace("May", "June"), source_name="harbour"))
    changed = archive.verify(first.id, *place, quote, first.content_sha256)
    assert (changed.status, changed.verified, changed.text) == ("changed", False, "open in Jun")
    assert changed.change is not None
    assert changed.change.held is True
    assert archive.remove(first.id).title == "Harbour to open in June"
    assert archive.verify(first.id, *place, quote).status == "missing"
    with pytest.raises(onrecord.ArticleNotFound):
        archive.article(first.id)
    with pytest.raises(onrecord.InvalidFilter, match="start 3 and end 2"):
        archive.verify(first.id, 3, 2, quote)


def test_the_status_counts_what_the_archive_holds(news: onrecord.Archive) -> None:
    """The status counts articles, passages, sentences and quotations, and names model and calibration."""
    status = news.status()
    assert status.articles == len(list(news.articles())) == 5
    assert min(status.passages, status.sentences, status.quotations) > 5
    assert (status.embedder, status.calibration) == ("all-MiniLM-L6-v2", "as shipped")
    assert [info.source_name for info in news.articles("no such words anywhere")] == []
