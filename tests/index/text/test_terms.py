"""Words as they are matched."""

import sqlite3
import threading
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.index.text.english.function_words import STOP_WORDS
from onrecord.index.text.terms import Term, content_terms, fold_case, stem, stems_in, stems_of, terms_of
from onrecord.index.values import Span


def test_a_text_becomes_its_words_with_their_places():
    """Words are runs of letters and digits, lower-cased and without accents, stemmed, at exact offsets."""
    assert terms_of("Élysée’s 2nd “legality”_test") == [
        Term(stem="elyse", folded="elysee", span=Span(0, 6)),
        Term(stem="s", folded="s", span=Span(7, 8)),
        Term(stem="2nd", folded="2nd", span=Span(9, 12)),
        Term(stem="legal", folded="legality", span=Span(14, 22)),
        Term(stem="test", folded="test", span=Span(24, 28)),
    ]


@given(st.text(max_size=200))
def test_terms_are_disjoint_slices_that_hold_every_letter_and_digit(text):
    """In any script, the terms' spans are in order and nothing but what stands between words is left out."""
    spans = [term.span for term in terms_of(text)]
    assert spans == sorted(spans)
    covered = {position for span in spans for position in range(span.start, span.end)}
    assert len(covered) == sum(map(len, spans))
    assert covered >= {position for position, character in enumerate(text) if character.isalnum()}
    assert all(text[i].isalnum() or unicodedata.combining(text[i]) for i in covered)


def test_a_letter_and_its_accent_may_be_two_characters():
    """A decomposed text has the same words as a composed one."""
    assert terms_of("l’E\u0301lyse\u0301e.") == [
        Term(stem="l", folded="l", span=Span(0, 1)),
        Term(stem="elyse", folded="elysee", span=Span(2, 10)),
    ]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("what did Putin say about legality?", ["putin", "say", "legality"]),
        ("Will the US leave NATO?", ["us", "leave", "nato"]),
        ("Did IT fail them", ["it", "fail"]),
        ("WILL THE US LEAVE NATO?", ["leave", "nato"]),
        ("who was it?", ["who", "was", "it"]),
        ("I", ["i"]),
        ("?!", []),
        ("", []),
    ],
)
def test_content_words_are_left_when_the_stop_words_go(text, folded):
    """Stop words go unless they are written as a name, or unless nothing else is there."""
    assert [term.folded for term in content_terms(text)] == folded


def test_stems_are_listed_once_in_the_order_of_their_first_places():
    """A stem that recurs is listed at its first place."""
    assert stems_of(terms_of("Legally, votes voted; legality")) == ["legal", "vote"]


@pytest.mark.parametrize(
    ("word", "folded"),
    [
        ("Legality", "legality"),
        ("Élysée", "elysee"),
        ("E\u0301lyse\u0301e", "elysee"),
        ("Straße", "strasse"),
        ("ﬁnal", "final"),
        ("𝐏𝐮𝐭𝐢𝐧", "putin"),
        ("İstanbul", "istanbul"),
        ("Київ", "киів"),
    ],
)
def test_folding_drops_case_and_accents(word, folded):
    """Spellings of one word that differ in case, accents or composition fold to one."""
    assert fold_case(word) == folded


@given(st.text(alphabet=st.characters(categories=["L", "M", "N"]), max_size=30))
def test_folding_what_is_folded_changes_nothing(word):
    """Folding is done once and for all, and leaves no combining mark."""
    assert not any(map(unicodedata.combining, fold_case(word)))
    assert fold_case(fold_case(word)) == fold_case(word)


@pytest.mark.parametrize(
    ("words", "stemmed"),
    [
        (("legality", "legally", "legal"), "legal"),
        (("elections", "election"), "elect"),
        (("ponies", "poni"), "poni"),
        (("7nm",), "7nm"),
        (("закон",), "закон"),
    ],
)
def test_words_of_one_stem_meet(words, stemmed):
    """Forms of a word have one Porter stem; what is no English is left as it is."""
    assert {stem(word) for word in words} == {stemmed}


def test_the_stemmer_stems_as_the_word_index_does(seeds):
    """Every word of the seed articles, and every stop word, has the stem that SQLite gives it."""
    sample = "technology apologies possibly assembly impossibly terribly theology generalizations oscillators hopping"
    texts = [path.read_text(encoding="utf-8") for path in sorted(seeds.iterdir())]
    words = sorted({*STOP_WORDS, *sample.split(), *(term.folded for text in texts for term in terms_of(text))})
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE words USING fts5 (text, tokenize = 'porter unicode61 remove_diacritics 2')")
    database.execute("CREATE VIRTUAL TABLE terms USING fts5vocab (words, instance)")
    database.executemany("INSERT INTO words (rowid, text) VALUES (?, ?)", enumerate(words))
    indexed = dict(database.execute("SELECT doc, term FROM terms").fetchall())
    database.close()
    assert len(words) > 900
    assert {word: stem(word) for word in words} == {words[number]: term for number, term in indexed.items()}


def test_threads_stem_at_the_same_time():
    """Each thread has a stemmer of its own, and all agree with one that works alone."""
    words = [f"{word}{ending}" for word in ("legal", "vot", "nation") for ending in ("ity", "ing", "ally", "ed")]
    alone = [stem.__wrapped__(word) for word in words]
    found = []
    threads = [
        threading.Thread(target=lambda: found.append([stem.__wrapped__(w) for _ in range(200) for w in words]))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [alone * 200] * 4


@given(st.text(max_size=200))
def test_stems_without_places_are_the_stems_with_them(text):
    """The fast way to a text's stems and the one that knows their places agree."""
    assert stems_in(text) == [term.stem for term in terms_of(text)]
