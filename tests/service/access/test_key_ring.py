import logging
import os
from pathlib import Path

import pytest

from onrecord.service.access.caller import ALL_RIGHTS, Caller, Right
from onrecord.service.access.key_ring import KeyRing
from onrecord.service.access.keys import Key, hash_key, make_secret
from onrecord.service.access.keys_file import KeysFileError, add_key, read_keys, remove_key

FEED, EDITOR = "feed-secret", "editor-secret"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with two keys."""
    file = tmp_path / "keys.jsonl"
    add_key(file, key_of(FEED, "feed", Right.ADD))
    add_key(file, key_of(EDITOR, "editor", Right.ADMINISTER))
    return file


def key_of(secret: str, name: str, *rights: Right) -> Key:
    return Key(name=name, sha256=hash_key(secret.encode()), rights=frozenset(rights))


def who(ring: KeyRing, secret: str) -> str | None:
    caller = ring.caller(hash_key(secret.encode()))
    return caller.name if caller else None


def test_a_caller_has_the_name_and_the_rights_of_the_key(file: Path) -> None:
    """Keys of the settings are named by their place and may do everything; to administer includes the other rights."""
    ring = KeyRing(keys=["first", "second"], widget_key="public-key", file=file)
    assert ring.caller(hash_key(b"second")) == Caller(name="ONRECORD_API_KEYS 2", rights=ALL_RIGHTS)
    assert ring.caller(hash_key(FEED.encode())) == Caller(name="feed", rights=frozenset({Right.ADD}))
    assert ring.caller(hash_key(EDITOR.encode())) == Caller(name="editor", rights=ALL_RIGHTS)
    assert ring.caller(hash_key(b"public-key")) == Caller(
        name="ONRECORD_WIDGET_KEY", rights=frozenset(), is_widget=True
    )
    for wrong in (b"", b"third", b"feed", hash_key(FEED.encode()).encode()):
        assert ring.caller(hash_key(wrong)) is None


def test_the_public_key_has_no_rights_even_if_the_file_gives_it_some(file: Path) -> None:
    """It stands in every page."""
    add_key(file, key_of("public-key", "mistake", Right.ADMINISTER))
    caller = KeyRing(widget_key="public-key", file=file).caller(hash_key(b"public-key"))
    assert (caller.is_widget, caller.rights) == (True, frozenset())


def test_keys_change_without_a_restart(file: Path) -> None:
    """A new key opens and a removed one does not, from the next request on."""
    ring = KeyRing(file=file)
    add_key(file, key_of("new-secret", "feed 2", Right.ADD))
    assert (who(ring, FEED), who(ring, "new-secret")) == ("feed", "feed 2")
    remove_key(file, "feed")
    assert (who(ring, FEED), who(ring, "new-secret")) == (None, "feed 2")
    assert ring.trouble is None


def test_a_change_in_place_of_the_same_length_and_time_is_seen(file: Path) -> None:
    """An editor may write into the file itself, within one tick of the clock."""
    ring = KeyRing(file=file)
    times = (file.stat().st_atime_ns, file.stat().st_mtime_ns)
    file.write_text(file.read_text().replace(hash_key(FEED.encode()), hash_key(b"other")))
    os.utime(file, ns=times)
    assert (who(ring, FEED), who(ring, "other")) == (None, "feed")


@pytest.mark.parametrize(
    "broken",
    [
        "{",
        "[]",
        '{"name": "x"}',
        "\xff",
        '{"name": "x", "rights": ["rule"], "sha256": "' + "0" * 64 + '"}',
        None,
        "folder",
    ],
)
def test_a_file_that_breaks_leaves_the_old_keys_and_is_told_once(
    file: Path, broken: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    """Not one key is lost or let in until the file can be read whole again."""
    ring, good = KeyRing(file=file), file.read_bytes()
    file.unlink()
    if broken == "folder":
        file.mkdir()
    elif broken is not None:
        file.write_bytes(good + broken.encode("latin-1"))
    with caplog.at_level(logging.INFO):
        assert [who(ring, secret) for secret in (FEED, EDITOR, "wrong")] == ["feed", "editor", None]
    assert ring.trouble
    (said,) = caplog.messages
    assert said.startswith(ring.trouble)
    assert "keys.jsonl" in said
    caplog.clear()
    file.rmdir() if broken == "folder" else file.unlink(missing_ok=True)
    file.write_bytes(good)
    with caplog.at_level(logging.INFO):
        assert who(ring, FEED) == "feed"
    assert (ring.trouble, caplog.messages) == (None, ["The file of keys was read again: feed, editor."])


def test_an_emptied_file_leaves_no_key_and_does_not_open_the_service(file: Path) -> None:
    """A file that holds no key is not the same as no file."""
    ring = KeyRing(file=file)
    file.write_text("# nobody for now\n\n")
    assert who(ring, FEED) is None
    assert not ring.is_empty
    assert KeyRing().is_empty


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"name": "x", "rights": [], "sha256": "%s"}', "rights: "),
        ('{"name": "x", "rights": ["ask", "adn"], "sha256": "%s"}', "'ask', 'add' or 'administer'"),
        ('{"name": "x", "rights": ["ask"], "sha256": "the-key-itself"}', "line 3: sha256: "),
        ('{"name": "x", "rights": ["ask"], "sha256": "%s", "right": "add"}', "right: "),
        ('{"name": "a\\nb", "rights": ["ask"], "sha256": "%s"}', "name: a name is one line"),
        ('{"name": "anonymous", "rights": ["ask"], "sha256": "%s"}', "name: this name stands for"),
        ('{"name": "ONRECORD_API_KEYS 1", "rights": ["ask"], "sha256": "%s"}', "name: this name stands for"),
        ('{"name": "feed", "rights": ["ask"], "sha256": "%s"}', "two keys with the name 'feed'"),
        ('{"name": "x", "rights": ["ask"], "sha256": "' + hash_key(FEED.encode()) + '"}', "two keys with the sha256"),
    ],
)
def test_a_wrong_line_is_named_and_no_secret_is_shown(file: Path, line: str, says: str) -> None:
    """A key that was written down in the place of its hash must not go into a log."""
    with file.open("a") as stream:
        stream.write((line % ("0" * 64) if "%s" in line else line) + "\n")
    with pytest.raises(KeysFileError) as raised:
        KeyRing(file=file)
    assert says in str(raised.value)
    assert "the-key-itself" not in str(raised.value)


def test_a_file_that_is_not_there_is_an_error_at_the_start(tmp_path: Path) -> None:
    """A wrong path must not leave the service without keys; the way out is named."""
    with pytest.raises(KeysFileError, match="onrecord keys make NAME"):
        KeyRing(file=tmp_path / "none")


def test_the_file_is_its_owners_alone_and_stays_whole(file: Path) -> None:
    """It is made with mode 0600 and keeps the mode, comments and order that it has; names are unique."""
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o640)
    file.write_text(f"# the editors\n{file.read_text()}")
    add_key(file, key_of(make_secret(), "desk", Right.ASK, Right.ADD))
    assert file.stat().st_mode & 0o777 == 0o640
    with pytest.raises(KeysFileError, match="has a key with the name 'desk'"):
        add_key(file, key_of(make_secret(), "desk", Right.ASK))
    remove_key(file, "feed")
    with pytest.raises(KeysFileError, match="no key with the name 'feed'; it has editor, desk"):
        remove_key(file, "feed")
    assert [key.name for key in read_keys(file)] == ["editor", "desk"]
    assert file.read_text().startswith("# the editors\n{")
    with pytest.raises(KeysFileError, match="one line"):
        add_key(file, key_of(make_secret(), "desk\nand more", Right.ASK))


def test_a_made_key_is_new_and_long() -> None:
    """256 random bits in characters that a header takes."""
    made = {make_secret() for _ in range(100)}
    assert len(made) == 100
    assert all(len(secret) == len("onrecord_") + 43 and secret.isascii() for secret in made)


def test_a_link_is_followed_and_what_is_no_file_is_refused(file: Path, tmp_path: Path) -> None:
    """A secret of Kubernetes is a link that is put in place anew; a pipe would be waited for without an end."""
    link = tmp_path / "linked.jsonl"
    link.symlink_to(file)
    ring = KeyRing(file=link)
    add_key(link, key_of("new-secret", "desk", Right.ASK))
    assert link.is_symlink()
    assert who(ring, "new-secret") == "desk"
    other = tmp_path / "other.jsonl"
    add_key(other, key_of("other-secret", "other", Right.ASK))
    (tmp_path / "next").symlink_to(other)
    (tmp_path / "next").replace(link)
    assert (who(ring, "new-secret"), who(ring, "other-secret")) == (None, "other")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(KeysFileError, match="no file that can be read again"):
        KeyRing(file=tmp_path / "pipe")
