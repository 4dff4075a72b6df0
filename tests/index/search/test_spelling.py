"""Names spelt two ways find each other, and ordinary words are left alone."""

import pytest

from onrecord.index.search.spelling import Spellings
from onrecord.index.text.terms import content_terms
from onrecord.index.values import Draft, Filters

TEXT = """President Volodymyr Zelenskyy spoke in Kyiv on Tuesday about the law.

The concert in Moscow was of music by Pyotr Chaikovsky, and Muammar Gaddafi was said to have liked it.

In Odesa the regal treatment of the velvet curtains was a matter of opinion, the mayor said, and Kissinger agreed."""


def found(store, question):
    return Spellings(store.archive).find(content_terms(question), question)


@pytest.fixture
def spelt(store):
    """A store with one article of names."""
    list(store.indexer.add([Draft(text=TEXT, title="Names of the day", url="https://a.org/names")]))
    return store


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("Zelensky", "zelenskyy"),
        ("Zelenskiy", "zelenskyy"),
        ("Zelenksy", "zelenskyy"),
        ("Selenskyj", None),
        ("Kiev", "kyiv"),
        ("Tchaikovsky", "chaikovsky"),
        ("Tschaikowsky", "chaikovsky"),
        ("Qaddafi", None),
        ("Gadafi", "gaddafi"),
        ("Odessa", "odesa"),
        ("Kissenger", "kissinger"),
        ("Volodimir", "volodymyr"),
        ("Volodymyr", None),
    ],
)
def test_a_name_is_found_as_the_archive_writes_it(spelt, asked, written):
    """By its sound or by a slip of the finger, whether the question has capitals or not; what is there stays alone."""
    for question in (f"What did {asked} say?", f"what did {asked.lower()} say?"):
        assert [word for others in found(spelt, question).values() for word in others] == ([written] if written else [])


@pytest.mark.parametrize("question", ["the legal matter", "What of velvets and the opinions?", "Regel", "lew", "mater"])
def test_ordinary_words_are_left_alone(spelt, question):
    """What the archive does not write as a name is never put in a word's place."""
    assert found(spelt, question) == {}


def test_a_small_word_among_capitals_is_no_name(spelt):
    """Where the question writes names with capitals, what it writes small is not looked up."""
    assert found(spelt, "What did kiev tell Moscow?") == {}
    assert found(spelt, "What did Kiev tell Moscow?") == {"kiev": ("kyiv",)}


def test_two_spellings_in_one_archive_find_each_other(store):
    """Long names of one sound are one name, however often the archive has each."""
    texts = [f"The president, {name}, spoke of case {i}." for name in ("Zelensky", "Zelenskyy") for i in range(5)]
    list(store.indexer.add(Draft(text=text, url=f"https://a.org/{i}") for i, text in enumerate(texts)))
    assert found(store, "Zelensky") == {"zelenski": ("zelenskyy",)}
    assert found(store, "Zelenskyy") == {"zelenskyi": ("zelensky",)}
    others = found(store, "Zelensky")["zelenski"]
    both = store.archive.words.match(["zelensky", *others], limit=99)
    assert {i for i, _ in both} == set(store.archive.passages.ids())


def test_names_are_there_as_soon_as_their_article_is(spelt):
    """The vocabulary follows the archive; a name whose article is gone is not given."""
    spellings, question = Spellings(spelt.archive), "Who is Khrushchov?"
    assert spellings.find(content_terms(question), question) == {}
    (added,) = spelt.indexer.add([Draft(text="It was said that Nikita Khrushchev left.", url="https://a.org/new")])
    assert spellings.find(content_terms(question), question) == {"khrushchov": ("khrushchev",)}
    spelt.indexer.remove(added.article.id)
    assert Spellings(spelt.archive).find(content_terms(question), question) == {}


def test_the_search_finds_the_other_spelling(spelt):
    """The retriever searches for it, says so, and keeps to the filters."""
    retrieval = spelt.retriever.retrieve("Zelensky", limit=1)
    assert "Zelenskyy" in retrieval.passages[0].text
    assert retrieval.spellings == {"zelenski": ("zelenskyy",)}
    assert spelt.retriever.retrieve("Zelensky", limit=9, filters=Filters(publisher="nobody")).passages == ()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("What did Zelenksy say in Kiev?", "What did Zelenskyy say in Kyiv?"),
        ("what was the concret in moscow", "what was the concert in moscow"),
        ("Was it a matter of opinoin?", "Was it a matter of opinion?"),
        ("the velevt curtains", "the velvet curtains"),
        ("How tall is Everest?", "How tall is Everest?"),
        ("What did Kissenger say of Odessa?", "What did Kissinger say of Odesa?"),
        ("What did Missinger say?", "What did Missinger say?"),
        ("the law in Moscow", "the law in Moscow"),
    ],
)
def test_what_the_archive_has_nowhere_is_read_as_what_it_has(spelt, typed, meant):
    """A slip of the finger is mended, a name of the same sound is the archive's; another name stays another name."""
    assert Spellings(spelt.archive).mend(typed) == meant


def test_a_word_of_the_language_is_no_slip(spelt):
    """The archive has no "major" and is asked for it, though a finger may make it of "mayor"; "mayir" is a slip."""
    assert Spellings(spelt.archive).mend("the major law") == "the mayor law"
    assert spelt.retriever.mend("the major law") == "the major law"
    assert spelt.retriever.mend("the mayir in moscow") == "the mayor in moscow"


@pytest.mark.parametrize("letters", [65, 32_767, 32_768, 70_000])
def test_a_run_of_letters_is_no_word_to_misspell(spelt, letters):
    """A gene or a line without a space, however long, leaves the vocabulary as it was, and asks for no spelling."""
    run = ("acgt" * letters)[:letters]
    list(spelt.indexer.add([Draft(text=f"The gene {run} was read in full on Tuesday.", url="https://a.org/gene")]))
    spellings = Spellings(spelt.archive)
    assert spellings.mend("What did Zelenksy say in Kiev?") == "What did Zelenskyy say in Kyiv?"
    assert found(spelt, "Odessa") == {"odessa": ("odesa",)}
    asked = f"Who is {run[:1_900].capitalize()}?"
    assert spellings.mend(asked) == asked


def test_a_removed_word_is_offered_by_no_speller_that_knew_it(spelt):
    """A speller that has read the word forgets it with its article, whether it mends a question or widens a search."""
    spellings, question = Spellings(spelt.archive), "Where did Quarengard testify?"
    (added,) = spelt.indexer.add([Draft(text="The witness Otto Quarrengard testified.", url="https://a.org/sealed")])
    assert spellings.mend(question) == "Where did Quarrengard testify?"
    assert spellings.find(content_terms(question), question) == {"quarengard": ("quarrengard",)}
    spelt.indexer.remove(added.article.id)
    assert spellings.mend(question) == question
    assert spellings.find(content_terms(question), question) == {}


def test_a_removed_form_of_a_word_that_stays_is_offered_no_more(spelt):
    """What the speller remembers of a word is read anew when the archive has changed, though its stem stays."""
    spellings, question = Spellings(spelt.archive), "What did Quarengard say?"
    texts = ["The witness Otto Quarrengard spoke.", "The firm Quarrengards paid."]
    names = [f"https://a.org/{n}" for n in range(2)]
    added = list(spelt.indexer.add(Draft(text=text, url=url) for text, url in zip(texts, names, strict=True)))
    before = {word for words in spellings.find(content_terms(question), question).values() for word in words}
    assert before == {"quarrengard", "quarrengards"}
    spelt.indexer.remove(added[1].article.id)
    after = {word for words in spellings.find(content_terms(question), question).values() for word in words}
    assert after == {"quarrengard"}
