"""A name with particles is one name, however much of it is given."""

import re

import pytest

from onrecord.index.speech.people.same_person import SpeakerDirectory, same_person
from onrecord.index.text.english.names import NAME_PATTERN, parse_name, particles_end, particles_start
from tests.names_with_particles import EVERY

OTHERS = ("Marco Rubio", "Anna Kovach", "Peter Szabo", "Reuters", "State Department")
NAME = re.compile(NAME_PATTERN)


@pytest.mark.parametrize(("language", "full", "surname", "bare"), EVERY)
def test_a_surname_finds_its_bearer_with_its_particles_and_without(language, full, surname, bare):
    """A question may give the full name, the surname as it is written, or what is left of it without particles."""
    directory = SpeakerDirectory([full, *OTHERS])
    for asked in (full, surname, bare, full.lower(), surname.lower(), f"President {full}", f"Mr. {surname}"):
        assert directory.match(asked) == {full}, asked


@pytest.mark.parametrize(("language", "full", "surname", "bare"), EVERY)
def test_particles_are_the_same_with_capitals_and_without(language, full, surname, bare):
    """Newspapers differ in whether a particle has a capital."""
    assert same_person(full, full.title().replace("'S", "'s"))
    assert same_person(full, f"{full.removesuffix(surname)}{surname[:1].upper()}{surname[1:]}")


@pytest.mark.parametrize(("language", "full", "surname", "bare"), EVERY)
def test_a_name_in_running_text_is_read_whole(language, full, surname, bare):
    """No name is cut at a particle."""
    assert full in NAME.findall(f"It was {full} who came."), language
    assert NAME.findall(f"{full}, Anna Kovach")[0] == full


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Eduardo dos Santos", "Maria dos Santos"),
        ("Jan van den Berg", "Jan van der Berg"),
        ("Karl von Stein", "Karl zum Stein"),
        ("Luca della Valle", "Luca di Valle"),
        ("Conan O'Brien", "Conan Brien"),
        ("Bill McDonald", "Bill Donald"),
        ("Van Jones", "Van Morrison"),
    ],
)
def test_other_particles_or_first_names_are_other_people(one, other):
    """A particle that contradicts tells people apart."""
    assert not same_person(one, other)


def test_a_surname_without_its_particle_means_everybody_who_may_be_meant():
    """With the particle it means those alone who bear it, or who are written without any."""
    directory = SpeakerDirectory(["Eduardo dos Santos", "Maria Santos", "Ursula von der Leyen", "Rui da Santos"])
    assert directory.match("Santos") == {"Eduardo dos Santos", "Maria Santos", "Rui da Santos"}
    assert directory.match("dos Santos") == {"Eduardo dos Santos", "Maria Santos"}
    assert directory.match("von Leyen") == {"Ursula von der Leyen"}
    assert directory.match("van Leyen") == set()


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("Ortega", "José Ortega y Gasset"),
        ("Giscard d'Estaing", "Valéry Giscard d'Estaing"),
        ("bin Salman", "Mohammed bin Salman Al Saud"),
        ("Al Sisi", "Abdel Fattah al-Sisi"),
        ("El-Sisi", "Abdel Fattah al-Sisi"),
        ("Ben Gvir", "Itamar Ben-Gvir"),
        ("Lula da Silva", "Luiz Inácio Lula da Silva"),
        ("Leyen, Ursula von der", "Ursula von der Leyen"),
        ("O Brien", "Conan O'Brien"),
        ("Mac Gregor", "Ewan McGregor"),
        ("McGregor", "Ewan MacGregor"),
    ],
)
def test_a_part_of_a_long_name_finds_it(asked, name):
    """People are called by the end of their names, or by the first of two surnames."""
    assert SpeakerDirectory([name, *OTHERS]).match(asked) == {name}


@pytest.mark.parametrize(
    "text",
    ["In Paris ten Americans met", "Where do Germans meet", "I am Peter", "As Merz do Americans", "All of In Britain"],
)
def test_a_word_of_english_is_no_particle(text):
    """A numeral, a verb or a preposition before a capital joins no names."""
    words = text.split()
    assert all(particles_end(words, at) == at for at in range(len(words)))
    assert all(particles_start(words, at) == at for at, word in enumerate(words) if word[0].isupper())


def test_a_name_of_particles_alone_is_a_name():
    """Al and Van are names where nothing follows them."""
    assert [parse_name(name).surname for name in ("Al", "Van", "Mac")] == ["al", "van", "mac"]
