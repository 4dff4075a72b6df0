"""Imports run downwards only, from room to room, and the environment is read in one place."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.modules import MODULES, tree_of
from tests.paths import ROOT

# From the bottom up. A room imports from the rows above its own only, never from its neighbours: parts that need each
# other meet in a constructor. A room stands for all its modules, unless one of them has a row of its own; inside a room
# modules import each other freely, but never in a circle.
LAYERS = (
    ("onrecord.index.errors",),
    ("onrecord.index.values", "onrecord.index.fallback"),
    ("onrecord.index.text.english",),
    ("onrecord.index.text",),
    ("onrecord.index.speech.grammar",),
    ("onrecord.index.speech.claims",),
    ("onrecord.index.speech.people",),
    ("onrecord.index.speech",),
    ("onrecord.index.archive", "onrecord.index.articles.news"),
    ("onrecord.index.vectors", "onrecord.index.articles.html"),
    ("onrecord.index.search", "onrecord.index.articles"),
    ("onrecord.index.upkeep",),
    ("onrecord.service.settings", "onrecord.service.access"),
    (
        "onrecord.service.answers.answer",
        "onrecord.service.answers.prompts",
        "onrecord.service.answers.networks",
        "onrecord.service.answers.work_queue",
    ),
    ("onrecord.service.answers.facts",),
    ("onrecord.service.answers.question",),
    ("onrecord.service.answers.evidence",),
    ("onrecord.service.answers.quoting",),
    ("onrecord.service.answers.prose.backends.backend",),
    ("onrecord.service.answers.prose.backends.providers",),
    ("onrecord.service.answers.prose.backends", "onrecord.service.answers.prose.gate"),
    ("onrecord.service.answers.prose",),
    ("onrecord.service.answers",),
    ("onrecord.service.wiring", "onrecord.service.verification", "onrecord.service.arguments"),
    ("onrecord.service.library",),
    ("onrecord.service.schemas", "onrecord.service.evaluation", "onrecord.service.public"),
    ("onrecord.service.http.methods", "onrecord.service.http.request_ids"),
    (
        "onrecord.service.http.metrics",
        "onrecord.service.http.problems",
        "onrecord.service.http.rate_limiter",
        "onrecord.service.http.readiness",
    ),
    ("onrecord.service.http.requests",),
    ("onrecord.service.http.guards", "onrecord.service.http.routes"),
    ("onrecord.service.http",),
    ("onrecord.service.commands",),
    ("onrecord.__main__",),
)
RANKS = {room: rank for rank, layer in enumerate(LAYERS) for room in layer}
# Packages that hold rooms and no code of their own.
HALLS = {"onrecord", "onrecord.index", "onrecord.service", "onrecord.prompts"}

# The index is synchronous and knows no HTTP, no terminal and no language model.
NOT_IN_INDEX = {"anyio", "asyncio", "fastapi", "httpx", "pydantic_settings", "rich", "starlette", "typer", "uvicorn"}
# The embedder reads none: it sets one, for PyTorch.
READS_ENVIRONMENT = {"onrecord.service.settings", "onrecord.index.text.embedder"}


def room_of(module: str) -> str | None:
    """Return the entry of LAYERS that `module` belongs to: its own, or the nearest room around it."""
    while module not in RANKS and "." in module:
        module = module.rpartition(".")[0]
    return module if module in RANKS else None


def imports(module: str, tree: ast.AST, modules: set[str]) -> Iterator[tuple[int, str]]:
    """Yield the line and the full name of each import, also inside functions and for types alone."""
    package = module if any(name.startswith(module + ".") for name in modules) else module.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                # `from onrecord.index.text import terms` names a module, `from onrecord import __version__` does not.
                full = f"{source}.{alias.name}"
                yield node.lineno, full if full in modules else source


def complaints(module: str, tree: ast.AST, modules: set[str]) -> list[str]:
    """Return what is wrong with `tree` as the code of `module`, one line each."""
    own = room_of(module)
    if own is None and module not in HALLS:
        return [f"{module} has no layer: add its room to LAYERS in tests/house/test_layers.py."]
    found = []
    for line, imported in imports(module, tree, modules):
        top = imported.partition(".")[0]
        where = f"{module}:{line} imports {imported}"
        if module.startswith("onrecord.index") and top in NOT_IN_INDEX:
            found.append(f"{where}; the index must do without {top}.")
        if top in {"index", "service", "prompts"}:
            found.append(f"{where}; it is onrecord.{imported} where onrecord is installed.")
        if top != "onrecord" or imported in HALLS:
            continue
        other = room_of(imported)
        if other is None:
            found.append(f"{where}, which has no layer in tests/house/test_layers.py.")
        elif own is None:
            found.append(f"{where}, and a hall holds no code.")
        elif other != own and RANKS[other] >= RANKS[own]:
            found.append(f"{where}, which is not below it: pass it in through a constructor.")
    if module not in READS_ENVIRONMENT:
        for node in ast.walk(tree):
            names = [node.attr] if isinstance(node, ast.Attribute) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.ImportFrom) else []
            if {"environ", "environb", "getenv"} & set(names):
                found.append(f"{module}:{node.lineno} reads the environment; only onrecord.service.settings does.")
    return found


def circles(graph: dict[str, set[str]]) -> list[str]:
    """Return the names that can reach themselves along the graph's arrows."""
    reach = {name: set(after) for name, after in graph.items()}
    for middle in graph:
        for after in reach.values():
            if middle in after:
                after |= reach[middle]
    return sorted(name for name, after in reach.items() if name in after)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_from_the_rooms_below_it(module):
    assert complaints(module, tree_of(module), set(MODULES)) == []


def test_no_modules_import_each_other_in_a_circle():
    graph = {
        module: {name for _, name in imports(module, tree_of(module), set(MODULES))} & set(MODULES) - {module}
        for module in MODULES
    }
    assert circles(graph) == []
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c"]


def test_no_folder_is_a_pile():
    """About ten entries to a folder; a larger one wants another room."""
    sizes = {}
    for hall in ("index", "service", "prompts", "bench", "tests"):
        for folder in [ROOT / hall, *(path for path in (ROOT / hall).rglob("*") if path.is_dir())]:
            entries = [
                e for e in folder.iterdir() if e.name not in {"__init__.py", "__pycache__"} and e.suffix != ".pyc"
            ]
            sizes[folder.relative_to(ROOT).as_posix()] = len(entries)
    assert {folder: size for folder, size in sizes.items() if size > 13} == {}


@pytest.mark.parametrize(
    ("module", "code", "words"),
    [
        ("onrecord.index.archive.rows", "from onrecord.service.answers.answer import Answer", "service.answers.answer"),
        ("onrecord.index.archive.rows", "def f():\n    from onrecord.index.search import retriever", "rows:2 imports"),
        ("onrecord.index.values", "from .archive.rows import Row", "imports onrecord.index.archive.rows"),
        ("onrecord.index.archive.rows", "import onrecord.index.vectors.chroma_folder", "not below it"),
        ("onrecord.index.archive.rows", "import httpx", "must do without httpx"),
        ("onrecord.index.archive.rows", "import os\nhome = os.environ['HOME']", "rows:2 reads the environment"),
        ("onrecord.index.archive.rows", "from index.values import Span", "onrecord.index.values where"),
        ("onrecord.service.http.app", "from os import getenv", "reads the environment"),
        ("onrecord.service.http.app", "from onrecord.service.brand_new import thing", "has no layer"),
        ("onrecord.service.brand_new", "", "has no layer"),
        ("onrecord.index", "from onrecord.index.values import Span", "a hall holds no code"),
    ],
)
def test_a_breach_is_named_with_its_line(module, code, words):
    modules = {"onrecord.index", "onrecord.index.archive.rows", "onrecord.index.search.retriever", module}
    modules |= {"onrecord.index.values", "onrecord.index.vectors.chroma_folder", "onrecord.service"}
    assert [words in complaint for complaint in complaints(module, ast.parse(code), modules)] == [True]


def test_what_points_downwards_passes():
    code = "from onrecord.service import __version__\nfrom onrecord.index.archive.archive import SqliteArchive"
    modules = {"onrecord.index.archive.archive", "onrecord.service", "onrecord.service.answers.answer"}
    assert complaints("onrecord.service.answers.quoting.quotes", ast.parse(code), modules) == []
