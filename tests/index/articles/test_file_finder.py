"""Files below a folder, and what is left there."""

import os
import re
import socket
from collections import Counter

import pytest

from onrecord.index.articles.file_finder import find_files
from onrecord.index.errors import UnreadableFile


def write(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def test_a_folder_gives_its_article_files_with_their_names_below_it(tmp_path):
    """Known endings are found at any depth and in any case, in the order of their paths; hidden files are not."""
    names = ["b.txt", "a/x.JSON", "a/y.jsonl.gz", "a/b/z.md", "old.text", "c.txt.gz"]
    others = [".hidden.txt", ".git/a.txt", "a/.cache/b.txt", "picture.jpg", "table.csv", "archive.gz", "txt"]
    write(tmp_path, dict.fromkeys([*names, *others], b"Text."))
    (tmp_path / "folder.txt").mkdir()
    assert list(find_files([tmp_path])) == [
        (tmp_path / name, name) for name in sorted(names, key=lambda n: n.split("/"))
    ]


def test_a_folder_inside_a_hidden_one_may_be_named(tmp_path):
    """Hidden is what is hidden below the folder named, not above it."""
    write(tmp_path, {".data/news/a.txt": b"Text."})
    assert list(find_files([tmp_path / ".data/news"])) == [(tmp_path / ".data/news/a.txt", "a.txt")]


def test_a_file_that_is_named_is_taken(tmp_path):
    """A file's ending does not matter when somebody names it, and files come in the order they are named."""
    write(tmp_path, {"b.html": b"Text.", ".a": b"Text."})
    paths = [tmp_path / "b.html", tmp_path / ".a"]
    assert list(find_files(paths)) == [(paths[0], "b.html"), (paths[1], ".a")]


def test_a_path_that_is_not_there_is_named(tmp_path):
    """What comes before the missing path is found first."""
    write(tmp_path, {"a.txt": b"Text."})
    found = find_files([tmp_path / "a.txt", tmp_path / "nothing"])
    assert next(found) == (tmp_path / "a.txt", "a.txt")
    with pytest.raises(UnreadableFile, match=rf"^{re.escape(str(tmp_path))}/nothing: no such file or folder\.$"):
        next(found)


def test_a_folder_without_articles_is_named_with_the_known_endings(tmp_path):
    """A folder that holds nothing readable is more likely a mistake than a wish."""
    write(tmp_path, {"a.pdf": b"%PDF", ".b.txt": b"Text."})
    with pytest.raises(UnreadableFile) as caught:
        list(find_files([tmp_path]))
    assert str(caught.value) == (
        f"{tmp_path}: no article file in this folder; known endings: "
        ".htm, .html, .json, .jsonl, .md, .text, .txt, .xhtml, each also with .gz."
    )


# What is left


@pytest.fixture
def news(tmp_path):
    """A folder with an article, beside a folder that must not be read."""
    write(tmp_path, {"news/a.txt": b"Text.", "outside/secret.txt": b"Secret.", "outside/deep/b.txt": b"Secret."})
    return tmp_path / "news"


def found_in(folder):
    """Return the names that are found, and the error of each thing that is left, by its name below the folder."""
    left = []
    names = [name for _, name in find_files([folder], refuse=left.append)]
    return names, {str(error).removeprefix(f"{folder}/").partition(": ")[0]: error.reason for error in left}


LEAVES, NOWHERE = "link out of the folder", "link that leads nowhere"


def test_a_link_that_leaves_the_folder_is_named_and_left(news):
    """To a file or a folder, absolute or relative, directly or by another link, above the folder or beside it."""
    outside = news.parent / "outside"
    (news / "file.txt").symlink_to(outside / "secret.txt")
    (news / "relative.txt").symlink_to("../outside/secret.txt")
    (news / "folder").symlink_to(outside)
    (news / "parent").symlink_to("..")
    (news / "root").symlink_to("/")
    (news / "sub").mkdir()
    (news / "sub" / "second.md").symlink_to("../file.txt")
    (news / "sub" / "beside").symlink_to(news.parent / "news-and-more")
    (news.parent / "news-and-more").mkdir()
    (news / "passwd.json").symlink_to("/etc/passwd")
    left = ["file.txt", "folder", "parent", "passwd.json", "relative.txt", "root", "sub/beside", "sub/second.md"]
    assert found_in(news) == (["a.txt"], dict.fromkeys(left, LEAVES))


def test_the_error_of_a_link_says_where_it_leads(news):
    (news / "file.txt").symlink_to("../outside/secret.txt")
    with pytest.raises(UnreadableFile) as caught:
        list(find_files([news]))
    assert str(caught.value) == (
        f"{news}/file.txt: a link to {news.parent}/outside/secret.txt, which is outside the folder, so it was left; "
        "add that path by its own name."
    )


def test_a_link_inside_the_folder_is_read_and_a_link_to_a_folder_inside_changes_nothing(news):
    """A loop ends, and each file is found once at its own place."""
    (news / "sub").mkdir()
    (news / "sub" / "b.txt").write_text("Text.")
    (news / "again.txt").symlink_to("sub/b.txt")
    (news / "same").symlink_to("sub")
    (news / "loop").symlink_to(".")
    (news / "sub" / "up").symlink_to("..")
    assert found_in(news) == (["a.txt", "again.txt", "sub/b.txt"], {})


def test_a_link_that_leads_nowhere_is_named(news):
    (news / "gone.txt").symlink_to("no/such/file")
    (news / "self.txt").symlink_to("self.txt")
    (news / "one").symlink_to("two")
    (news / "two").symlink_to("one")
    assert found_in(news) == (["a.txt"], dict.fromkeys(["gone.txt", "one", "self.txt", "two"], NOWHERE))


def test_what_is_no_file_is_named_and_never_opened(news, monkeypatch):
    """A pipe would be waited for without an end; a link to a device outside is a link out of the folder."""
    os.mkfifo(news / "pipe.txt")
    (news / "zero.txt").symlink_to("/dev/zero")
    monkeypatch.chdir(news)  # The path of a socket may have 108 bytes.
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.json")
    names, left = found_in(news)
    assert (names, left) == (["a.txt"], {"pipe.txt": "no file", "socket.json": "no file", "zero.txt": LEAVES})


def test_a_folder_with_nothing_but_links_out_of_it_is_no_folder_without_articles(news):
    """The links are what the user has to know of."""
    (news / "a.txt").unlink()
    (news / "file.txt").symlink_to("../outside/secret.txt")
    assert found_in(news) == ([], {"file.txt": LEAVES})


def test_a_link_that_is_named_is_followed(news):
    """The user who names a link means what it leads to, and a folder's links are seen from there."""
    (news.parent / "link").symlink_to("news")
    (news.parent / "link.txt").symlink_to("outside/secret.txt")
    (news / "sub.txt").symlink_to("a.txt")
    paths = [news.parent / "link", news.parent / "link.txt"]
    assert [name for _, name in find_files(paths)] == ["a.txt", "sub.txt", "link.txt"]


def test_other_endings_are_counted(news):
    """Hidden files are not; a link counts as what it leads to."""
    write(news, dict.fromkeys(["a.PDF", "sub/b.pdf", "c.tar.gz", "README", ".hidden.pdf", ".git/d.pdf"], b"x"))
    (news / "e.pdf").symlink_to("a.PDF")
    unread = Counter()
    assert [name for _, name in find_files([news], unread=unread)] == ["a.txt"]
    assert unread == {".pdf": 3, ".tar.gz": 1, "": 1}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anywhere")
def test_a_folder_that_may_not_be_read_is_named(news):
    (news / "closed").mkdir(mode=0)
    assert found_in(news) == (["a.txt"], {"closed": "cannot be read"})
