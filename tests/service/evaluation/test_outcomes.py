import pytest

from onrecord.index.errors import ArchiveError
from onrecord.service.evaluation.outcomes import OutcomeFile
from tests.service.evaluation.made_up import cited, outcome


def test_what_was_kept_is_there_again(tmp_path):
    """Every outcome comes back as it was; a line that was cut short is gone, and written anew behind the others."""
    file = tmp_path / "answers.jsonl"
    one = outcome(id="1", citations=[cited(1, "a", "“Größe”\u2028 it said.", highlight="said")], articles=["a", "b"])
    two = outcome(id="2", closest=[cited(1, "b", "x")], held_at=3)
    first = OutcomeFile(file)
    first.keep(one)
    first.keep(two)
    first.close()
    file.write_bytes(file.read_bytes()[:-5])
    second = OutcomeFile(file)
    assert second.done == {"1": one}
    second.keep(two)
    second.close()
    third = OutcomeFile(file)
    assert third.done == {"1": one, "2": two}
    third.close()


@pytest.mark.parametrize("line", ["no JSON", '{"id": "1"}', "[]"])
def test_another_file_is_not_taken_for_answers(tmp_path, line):
    """A file of something else is an error that says what to do, and stays as it is."""
    file = tmp_path / "answers.jsonl"
    file.write_text(line + "\n")
    with pytest.raises(ArchiveError, match="begin --anew"):
        OutcomeFile(file)
    assert file.read_text() == line + "\n"
