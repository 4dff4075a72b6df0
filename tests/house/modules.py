"""The modules of the program by their full names, and their syntax trees."""

import ast
from functools import cache
from pathlib import Path

from tests.paths import ROOT


def _name_of(path: Path) -> str:
    parts = ("onrecord", *path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {_name_of(path): path for hall in ("index", "service") for path in sorted((ROOT / hall).rglob("*.py"))}
MODULES["onrecord.__main__"] = ROOT / "onrecord" / "__main__.py"


@cache
def tree_of(module: str) -> ast.Module:
    """Return the syntax tree of a module, which is parsed once for all tests."""
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))
