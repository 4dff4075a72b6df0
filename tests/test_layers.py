"""Imports run downwards only, and the environment is read in one place."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# From the bottom up. A module imports from the lines above its own only, never from its neighbours: parts that need
# each other meet in a constructor. A package inside index/ or service/ may be named once for all its modules.
LAYERS = (
    ("index", "service", "prompts"),
    ("index.errors",),
    ("index.values",),
    # What reads text, and knows nothing of where it is kept.
    ("index.speech",),
    ("index.dates", "index.furniture", "index.instants", "index.outlets", "index.sentences"),
    ("index.lines",),
    ("index.copies", "index.terms", "index.quotations", "index.speakers"),
    ("index.changes", "index.credits", "index.drafts", "index.headlines"),
    ("index.article_reader", "index.passages"),
    # Adapters: files, folders and the model.
    (
        "index.child",
        "index.copy_table",
        "index.embedder",
        "index.files",
        "index.lock",
        "index.revisions",
        "index.seal",
        "index.sweeper",
    ),
    ("index.database", "index.rows"),
    ("index.quotation_table", "index.word_table"),
    ("index.archive", "index.vector_index"),
    (
        "index.backup",
        "index.copy_finder",
        "index.exact",
        "index.next_index",
        "index.renewal",
        "index.spelling",
        "index.vector_probe",
        "index.verifier",
    ),
    ("index.chroma_server", "index.vector_folder"),
    # What the service sees.
    ("index.indexer", "index.retriever", "index.speaker_index"),
    ("index.quotation_finder", "index.reindexer"),
    (
        "service.answers",
        "service.cores",
        "service.eight_bits",
        "service.facts",
        "service.hush",
        "service.mentions",
        "service.prompts",
        "service.question",
        "service.risk",
        "service.settings",
    ),
    ("service.trained",),
    (
        "service.backends",
        "service.calibration",
        "service.dialogue",
        "service.disagreement",
        "service.lists",
        "service.markdown",
        "service.quotes",
        "service.ranker",
        "service.risk_plot",
        "service.support",
    ),
    ("service.chronology",),
    ("service.windows",),
    ("service.reader",),
    ("service.judge",),
    ("service.evidence",),
    ("service.extractive",),
    # The words of a language model, and whether they may be shown.
    ("service.gate",),
    ("service.asking",),
    ("service.generative",),
    ("service.answering",),
    ("service.suggestions",),
    ("service.wiring",),
    ("service.evaluation", "service.calibrating"),
    (
        "service.http",
        "service.http.listening",
        "service.http.metrics",
        "service.http.schemas",
        "service.http.token_bucket",
    ),
    (
        "service.http.addresses",
        "service.http.limits",
        "service.http.openai_schemas",
        "service.http.parts",
        "service.http.problems",
    ),
    (
        "service.http.articles",
        "service.http.ask",
        "service.http.body_limit",
        "service.http.health",
        "service.http.openai",
        "service.http.page",
        "service.http.quotations",
        "service.http.rights",
        "service.http.suggestions",
    ),
    ("service.http.origins",),
    ("service.http.app",),
    ("service.maintenance", "service.server"),
    ("service.cli",),
)
RANKS = {module: rank for rank, layer in enumerate(LAYERS) for module in layer}
OURS = {"index", "service", "prompts"}

# The index is synchronous and knows no HTTP, no terminal and no language model.
NOT_IN_INDEX = {"anyio", "asyncio", "fastapi", "httpx", "pydantic_settings", "rich", "starlette", "typer", "uvicorn"}
# The embedder reads none: it sets one, for PyTorch.
READS_ENVIRONMENT = {"service.settings", "index.embedder"}


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for package in ("index", "service") for path in sorted((ROOT / package).rglob("*.py"))}


def part(module: str) -> str | None:
    """Return the entry of LAYERS that `module` belongs to: its own, or that of a package inside index/ or service/."""
    while module not in RANKS and module.count(".") > 1:
        module = module.rpartition(".")[0]
    return module if module in RANKS else None


def imports(module: str, tree: ast.AST, modules: set[str]) -> Iterator[tuple[int, str]]:
    """Yield line and full name of whatever is imported, inside functions and for types alone too."""
    package = module if any(name.startswith(module + ".") for name in modules) else module.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                # `from index import archive` names a module, `from service import __version__` does not.
                full = f"{source}.{alias.name}"
                yield node.lineno, full if full in modules else source


def complaints(module: str, code: str, modules: set[str]) -> list[str]:
    """Say what is wrong with `code` as the source of `module`."""
    tree = ast.parse(code)
    own = part(module)
    if own is None:
        return [f"{module} has no layer: add it to LAYERS in tests/test_layers.py, before all that imports it."]
    found = []
    for line, imported in imports(module, tree, modules):
        top = imported.partition(".")[0]
        where = f"{module}:{line} imports {imported}"
        if own.startswith("index.") and top in NOT_IN_INDEX:
            found.append(f"{where}; the index must do without {top}.")
        if top not in OURS:
            continue
        other = part(imported)
        if other is None:
            found.append(f"{where}, which has no layer in tests/test_layers.py.")
        elif other != own and RANKS[other] >= RANKS[own]:
            found.append(f"{where}, which is not below it: pass it in through a constructor.")
    if module not in READS_ENVIRONMENT:
        for node in ast.walk(tree):
            names = [node.attr] if isinstance(node, ast.Attribute) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.ImportFrom) else []
            if {"environ", "environb", "getenv"} & set(names):
                found.append(f"{module}:{node.lineno} reads the environment; only service.settings does.")
    return found


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_from_the_layers_below_it(module):
    assert complaints(module, MODULES[module].read_text(encoding="utf-8"), set(MODULES)) == []


@pytest.mark.parametrize(
    ("module", "code", "words"),
    [
        ("index.archive", "from service.answers import Answer", "imports service.answers"),
        ("index.archive", "def f():\n    from index import retriever", "archive:2 imports index.retriever"),
        ("index.values", "from .archive import SqliteArchive", "imports index.archive"),
        ("index.archive", "import index.vector_index", "not below it"),
        ("index.archive", "import httpx", "must do without httpx"),
        ("index.archive", "import os\nhome = os.environ['HOME']", "archive:2 reads the environment"),
        ("service.http.app", "from os import getenv", "reads the environment"),
        ("service.http.app", "from service.brand_new import thing", "has no layer"),
        ("service.brand_new", "", "has no layer"),
    ],
)
def test_a_breach_is_named_with_its_line(module, code, words):
    modules = {"index", "index.archive", "index.retriever", "index.values", "index.vector_index", "service", module}
    assert [words in complaint for complaint in complaints(module, code, modules)] == [True]


def test_what_points_downwards_passes():
    code = (
        "from service import __version__\nfrom index.archive import SqliteArchive\nimport httpx\nfrom . import answers"
    )
    assert complaints("service.extractive", code, {"index.archive", "service", "service.answers"}) == []
