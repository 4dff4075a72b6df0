"""What `onrecord[eval]` brings is imported by the evaluation alone."""

from tests.house.modules import MODULES, tree_of
from tests.house.test_layers import imports


def test_only_the_evaluation_imports_ir_measures():
    """Everything else runs without the extra."""
    importing = {
        module
        for module in MODULES
        for _, name in imports(module, tree_of(module), set(MODULES))
        if name.partition(".")[0] == "ir_measures"
    }
    assert importing == {"onrecord.service.evaluation.scoring.figures"}
