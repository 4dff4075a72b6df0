"""The table of contents of bench/ names every script, and every script names its own command."""

import ast
import re

import bench
from tests.paths import ROOT

SCRIPTS = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__main__"): path
    for path in sorted((ROOT / "bench").rglob("*.py"))
    if "def main(" in path.read_text(encoding="utf-8")
}
COMMAND = re.compile(r"python -m (bench[\w.]*)")


def test_each_script_is_in_the_table_of_contents_and_nothing_else_is():
    """Scripts that train are named without the command, since they are no measurements."""
    listed = set(COMMAND.findall(bench.__doc__))
    assert listed == {name for name in SCRIPTS if not name.startswith("bench.training.")}
    trained = {name.removeprefix("bench.training.") for name in SCRIPTS if name.startswith("bench.training.")}
    assert {name for name in trained if f"`{name}`" in bench.__doc__} == trained


def test_each_script_says_the_command_that_runs_it():
    wrong = {}
    for name, path in SCRIPTS.items():
        said = COMMAND.search(ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "")
        if said is None or said[1] != name:
            wrong[name] = said and said[1]
    assert wrong == {}
