"""Write the installed versions of all that onrecord and its tests need to constraints.txt; with --check, compare."""

import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

CONSTRAINTS = Path(__file__).parent.parent / "constraints.txt"
HEADER = """\
# What the tests ran with, each dependency of a dependency included. `make pins` writes this file from what .venv holds,
# `make check` compares the two. To move a pin: .venv/bin/pip install --upgrade NAME, make pins, make test.

# First, as it is why the file exists: without a pin, pip takes PyTorch's newest build with several GB of CUDA packages.
# No "+cpu" after it, so that the pin holds on every platform; scripts/install says how to choose the CPU build.
"""


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


def main() -> str | None:
    """Write or compare the pins; return what is wrong, as `sys.exit` takes it."""
    try:
        pins = dict(needed("onrecord", frozenset({"dev"}), set()))
    except PackageNotFoundError as error:
        return f"{error.name} is needed and not installed. `make test` installs what pyproject.toml names."
    del pins["onrecord"]
    if "--check" in sys.argv[1:]:
        # A pin too many does no harm: it may be another platform's.
        pinned = set(CONSTRAINTS.read_text(encoding="utf-8").splitlines())
        missing = [f"{name}=={version}" for name, version in sorted(pins.items()) if f"{name}=={version}" not in pinned]
        return f"Not pinned in constraints.txt: {', '.join(missing)}. `make pins` writes it." if missing else None
    torch = f"torch=={pins.pop('torch')}\n\n"
    rest = "".join(f"{name}=={version}\n" for name, version in sorted(pins.items()))
    CONSTRAINTS.write_text(HEADER + torch + rest, encoding="utf-8")
    return None


if __name__ == "__main__":
    sys.exit(main())
