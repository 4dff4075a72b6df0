"""Speakers looked up by name or role."""

from index.speaker_index import SpeakerIndex
from index.values import Draft

TWO = "Two Clintons\n\n“Go,” Bill Clinton said. “Stay,” Hillary Clinton said."


def test_a_speaker_is_known_as_soon_as_an_article_quotes_him(store):
    """New articles bring new speakers; a name nobody bears finds nobody."""
    speakers = SpeakerIndex(store.archive)
    assert speakers.match("Ana Reis") == ()
    list(store.indexer.add([Draft(text="Harbour\n\n“It opens in May,” Mayor Ana Reis said.")]))
    assert speakers.match("Reis") == speakers.match("ana reis") == ("Ana Reis",)
    assert speakers.match("Costa") == ()


def test_two_people_of_one_surname_stay_two(store):
    """A bare surname may mean both; a full name means one."""
    list(store.indexer.add([Draft(text=TWO)]))
    speakers = SpeakerIndex(store.archive)
    assert speakers.match("Clinton") == ("Bill Clinton", "Hillary Clinton")
    assert speakers.match("Bill Clinton") == ("Bill Clinton",)


def test_a_role_that_two_people_have_finds_neither(store):
    """Who is meant by a role must be beyond doubt."""
    one = "Harbour\n\n“It opens in May,” Mayor Ana Reis said."
    other = "Tunnel\n\n“It opens in June,” Mayor Rui Costa said."
    list(store.indexer.add([Draft(text=one)]))
    speakers = SpeakerIndex(store.archive)
    assert speakers.match("the mayor") == ("Ana Reis",)
    list(store.indexer.add([Draft(text=other)]))
    assert speakers.match("the mayor") == ()
