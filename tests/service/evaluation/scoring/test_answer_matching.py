import pytest

from onrecord.service.evaluation.scoring.answer_matching import holds, token_f1


@pytest.mark.parametrize(
    ("text", "answer", "held"),
    [
        ("It opens in May.", "may", True),
        ("Mayor Reis", "May", False),
        ("The “first line of defence” is", "first  line\nof defence", True),
        ("That is Zelensky’s", "Zelensky's", True),
        ("It cost $1,200.", "$1,200", True),
        ("In 2004 and 1999", "20", False),
        ("The 10th–11th century", "10th-11th", True),
        ("港口将于五月开放。", "五月", True),
        ("anything", "", False),
        ("anything", "(", False),
    ],
)
def test_an_answer_is_held_as_whole_words(text, answer, held):
    """Whatever the case, white space and shape of quotation marks; scripts without spaces are searched as they are."""
    assert holds(text, [answer]) is held


def test_one_of_several_answers_is_enough():
    """Gold answers are alternatives; none at all is never held."""
    assert holds("It opens in May.", ["June", "May"])
    assert not holds("It opens in May.", [])


@pytest.mark.parametrize(
    ("found", "answers", "f1"),
    [
        ("the Eiffel Tower", ["Eiffel Tower!"], 1.0),
        ("in May", ["May", "June"], 2 / 3),
        ("a b b c", ["b b d"], 4 / 6),
        ("", ["May"], 0.0),
        ("June", ["May"], 0.0),
    ],
)
def test_f1_is_that_of_squad(found, answers, f1):
    """Words without case, punctuation and articles, each as often as it stands there; the best of the answers."""
    assert token_f1(found, answers) == pytest.approx(f1)
