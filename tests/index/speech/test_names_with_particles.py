"""Who speaks is attributed by the whole name, whatever particles it has."""

import pytest

from tests.index.speech.test_quotations import quotations_of
from tests.names_with_particles import EVERY

LISTS = [
    (EVERY[n][1], EVERY[(n * 7 + 3) % len(EVERY)][1], EVERY[(n * 5 + 11) % len(EVERY)][1]) for n in range(len(EVERY))
]


def speakers(text: str) -> list[str | None]:
    return [quotation.speaker for quotation in quotations_of(text)]


@pytest.mark.parametrize(("language", "full", "surname", "bare"), EVERY)
def test_a_quote_belongs_to_the_whole_name_before_its_verb_or_behind_it(language, full, surname, bare):
    """The speaker is the name as the article has it, no more and no less."""
    assert speakers(f"“We have agreed to it,” {full} said on Monday.") == [full]
    assert speakers(f"“We have agreed to it,” said {full}, the mayor.") == [full]
    assert speakers(f"{full} told reporters: “We have agreed to it.”") == [full]
    assert speakers(f"{full} said that the talks had failed.") == [full]
    assert speakers(f"The mayor of Szeged, {full}, said: “We have agreed to it.”") == [full]


@pytest.mark.parametrize(("language", "full", "surname", "bare"), EVERY)
def test_a_surname_with_its_particles_means_who_was_named_before(language, full, surname, bare):
    """Later in the article the surname stands alone, also with a capital at the beginning of a sentence."""
    introduced = f"Prime Minister {full} arrived on Monday.\n"
    capital = surname[:1].upper() + surname[1:] if surname[0] not in "'’" else surname
    assert speakers(f"{introduced}“We have agreed to it,” {surname} said.") == [full]
    assert speakers(f"{introduced}{capital} said that the talks had failed.") == [full]
    assert speakers(f"{introduced}“We have agreed to it,” said {surname}.") == [full]


@pytest.mark.parametrize("names", [names for names in LISTS if len(set(names)) == 3])
def test_words_that_three_people_share_are_each_ones(names):
    """No member of a list is cut at a particle, or left out."""
    one, two, three = names
    said = f"{one}, {two} and {three} said in a joint statement that the talks had failed."
    assert set(speakers(said)) == set(names)
