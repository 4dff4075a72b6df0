"""What `onrecord[eval]` brings is imported by the evaluation alone."""

import ast

from tests.house.test_layers import MODULES, imports


def test_only_the_evaluation_imports_ir_measures():
    """Everything else runs without the extra."""
    importing = {
        module
        for module, path in MODULES.items()
        for _, name in imports(module, ast.parse(path.read_text(encoding="utf-8")), set(MODULES))
        if name.partition(".")[0] == "ir_measures"
    }
    assert importing == {"onrecord.service.evaluation.scoring.figures"}
