from onrecord.service.evaluation.scoring.citation_support import citation_precision, citation_recall, supports
from tests.service.evaluation.made_up import cited, outcome

HARBOUR = cited(1, "a", "The harbour will open in May, the mayor said.")
COLD = cited(2, "b", "The water was cold on Monday.")


def test_a_sentence_that_is_a_quote_is_supported_by_it_alone():
    """Character for character but for white space; half of it is supported as well, other words are not."""
    assert supports("The harbour will open\nin May, the mayor said.", [HARBOUR.quote])
    assert supports("The harbour will open in May", [COLD.quote, HARBOUR.quote])
    assert not supports("The harbour will close in June.", [HARBOUR.quote])
    assert not supports("The harbour will open in May", [])


def test_a_written_sentence_needs_every_word_number_and_negation():
    """Words may come from several quotes and in other forms; a number, a name or a "not" that none has is unproved."""
    assert supports("In May the harbour opens.", [HARBOUR.quote])
    assert supports("The mayor said the water was cold.", [HARBOUR.quote, COLD.quote])
    assert not supports("In May 2027 the harbour opens.", [HARBOUR.quote])
    assert not supports("The harbour will not open in May.", [HARBOUR.quote])
    assert not supports("The harbour won’t open in May.", [HARBOUR.quote])


def test_recall_and_precision_are_those_of_alce():
    """Both citations needed: both count. One enough: the other is irrelevant. A number without a citation is none."""
    both = outcome(citations=[HARBOUR, COLD], sentences=[("The mayor said the water was cold on Monday.", [1, 2])])
    assert (citation_recall(both), citation_precision(both)) == (1.0, 1.0)
    one = outcome(citations=[HARBOUR, COLD], sentences=[("The harbour will open in May", [1, 2])])
    assert (citation_recall(one), citation_precision(one)) == (1.0, 0.5)
    half = outcome(
        citations=[HARBOUR, COLD],
        sentences=[("The harbour opens in May.", [1]), ("It sank.", [2]), ("Nobody knows.", []), ("Cold.", [9])],
    )
    assert (citation_recall(half), citation_precision(half)) == (1 / 4, 1 / 3)
    assert citation_recall(outcome(citations=[HARBOUR])) == citation_precision(outcome(citations=[HARBOUR])) == 1.0


def test_a_judge_of_entailment_may_take_the_words_place():
    """Whether quotes support a sentence can be decided by something else."""
    answer = outcome(citations=[HARBOUR], sentences=[("Anything.", [1])])
    assert citation_recall(answer) == 0.0
    assert citation_recall(answer, lambda sentence, quotes: True) == 1.0
