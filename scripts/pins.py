"""Write the installed versions, with the hashes of their files, to requirements/; with --check, compare."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "requirements"
HEADER = """\
# %s
# `make pins` writes this file from what .venv holds, `make check` compares the two. To move a pin:
# .venv/bin/pip install --upgrade NAME, make pins, make test.
"""
CONTENTS = {
    "service": "What a service needs, `onrecord eval` and `onrecord calibrate` included.",
    "models": "The packages that bring the models' files; where one is not to be had, the service does without it.",
    "build": "What builds onrecord, and lists what its image holds.",
    "dev": "What the tests need beside what serves.",
}

# PyTorch's CUDA build needs these; the pins are those of the CPU build.
CUDA = ("cuda-", "nvidia-", "triton")


def needed(name: str, extras: frozenset[str], seen: set[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield name and version of each distribution that `name` with `extras` needs on this platform, itself first."""
    found = distribution(name)
    # Without "+cpu": a local version holds on one platform only.
    yield canonicalize_name(name), Version(found.version).public
    for requirement in map(Requirement, found.requires or ()):
        # The empty extra stands for what is needed in any case.
        if requirement.marker and not any(requirement.marker.evaluate({"extra": extra}) for extra in {"", *extras}):
            continue
        key = (canonicalize_name(requirement.name), ",".join(sorted(requirement.extras)))
        if key not in seen and not key[0].startswith(CUDA):
            seen.add(key)
            yield from needed(requirement.name, frozenset(requirement.extras), seen)


def compile_pins(requirements: list[str], versions: dict[str, str]) -> dict[str, str]:
    """Return each distribution that is needed on any platform, with its pin, marker and hashes."""
    command = "uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate"
    with TemporaryDirectory() as folder:
        constraints = Path(folder, "versions.txt")
        constraints.write_text("".join(f"{name}=={version}\n" for name, version in versions.items()), encoding="utf-8")
        text = subprocess.run(
            [*command.split(), "--constraint", str(constraints), "-"],
            input="\n".join(requirements),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout
    pins = re.split(r"\n(?=\S)", text.strip())
    return {pin.partition("==")[0]: pin for pin in pins if not pin.startswith(CUDA)}


def hash_torch(version: str) -> str:
    """Return the hash of the PyTorch that pip takes here, which may be a CPU build that the ordinary index lacks."""
    index = os.environ.get("TORCH_INDEX")
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder]
        subprocess.run([*command, *(["--index-url", index] if index else []), f"torch=={version}"], check=True)
        (wheel,) = Path(folder).iterdir()
        return f"--hash=sha256:{sha256(wheel.read_bytes()).hexdigest()}"


def write(versions: dict[str, str]) -> None:
    """Write the files; the tests' begins with the service's and pins what that does not.

    What the build alone needs is not installed beside the tests and keeps its pins; to move one, delete it first.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    tested = [name for extra in ("eval", "models", "dev") for name in extras[extra] if not name.startswith("onrecord[")]
    build = (FOLDER / "build.txt").read_text(encoding="utf-8")
    built = dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", build, re.MULTILINE))
    pins = {
        "service": compile_pins([*project["dependencies"], *extras["eval"]], versions),
        "models": compile_pins(extras["models"], versions),
        "build": compile_pins(extras["build"], built | versions),
        "dev": compile_pins([*project["dependencies"], *tested], versions),
    }
    # Another platform's build of the same version keeps its hash.
    torch = re.compile(rf"^torch=={re.escape(versions['torch'])} .*\n(?: +--hash.*\n)+", re.MULTILINE)
    texts = [pins["service"]["torch"], *torch.findall((FOLDER / "service.txt").read_text(encoding="utf-8"))]
    hashes = {hash_torch(versions["torch"]), *re.findall(r"--hash=\S+", "\n".join(texts))}
    pins["service"]["torch"] = " \\\n    ".join([f"torch=={versions['torch']}", *sorted(hashes)])
    for name, others in (("models", pins["service"]), ("dev", pins["service"] | pins["models"])):
        pins[name] = {key: pin for key, pin in pins[name].items() if key not in others}
    for name, contents in CONTENTS.items():
        head = [HEADER % contents, *(["-r service.txt"] if name == "dev" else [])]
        text = "\n".join([*head, *(pin for _, pin in sorted(pins[name].items())), ""])
        (FOLDER / f"{name}.txt").write_text(text, encoding="utf-8")


def main() -> str | None:
    """Write or compare the pins; return what is wrong, as `sys.exit` takes it."""
    try:
        versions = dict(needed("onrecord", frozenset({"dev"}), set()))
    except PackageNotFoundError as error:
        return f"{error.name} is needed and not installed. `make test` installs what pyproject.toml names."
    del versions["onrecord"]
    if "--check" in sys.argv[1:]:
        # A pin too many does no harm: it may be another platform's.
        text = "\n".join((FOLDER / f"{name}.txt").read_text(encoding="utf-8") for name in CONTENTS)
        pinned = set(re.findall(r"^[a-z0-9-]+==[^\s;]+", text, re.MULTILINE))
        missing = [
            f"{name}=={version}" for name, version in sorted(versions.items()) if f"{name}=={version}" not in pinned
        ]
        return f"Not pinned in requirements/: {', '.join(missing)}. `make pins` writes it." if missing else None
    write(versions)
    return None


if __name__ == "__main__":
    sys.exit(main())
