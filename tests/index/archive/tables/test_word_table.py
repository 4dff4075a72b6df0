"""The word index."""

from hypothesis import given
from hypothesis import strategies as st

from onrecord.index.archive.tables.word_table import StemCounts
from onrecord.index.text.terms import stem, terms_of
from tests.index.archive.made_up import indexed


def test_words_meet_by_their_stem_whatever_case_and_accents(archive):
    """Legality finds legally and elysee finds Élysée, in the title as well, and the rarer word counts more."""
    first = archive.save(indexed("It is legally impossible.\nThe Élysée said no.", title="On the treaty"))
    second = archive.save(indexed("The vote said no.", title="On something else"))
    legal, elysee, vote = *first.added, *second.added
    assert [i for i, _ in archive.words.match(["legality"], limit=9)] == [legal]
    assert [i for i, _ in archive.words.match(["elysee"], limit=9)] == [elysee]
    assert {i for i, _ in archive.words.match(["treaties"], limit=9)} == {legal, elysee}
    ranked = archive.words.match(["said", "vote"], limit=9)
    assert [i for i, _ in ranked] == [vote, elysee]
    assert ranked[0][1] > ranked[1][1] > 0
    assert archive.words.match(["said", "vote"], limit=1) == ranked[:1]
    assert archive.words.match([], limit=9) == []


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)))
def test_no_word_is_a_command_to_the_word_index(filled, words):
    """Quotes, operators and signs are searched for like any other text, and never raise."""
    archive, _ = filled
    found = archive.words.match([*words, "AND", "NEAR(", '"', "-", "title:legality"], limit=999)
    scores = [score for _, score in found]
    assert scores == sorted(scores, reverse=True)


def test_stems_are_counted_by_passage(filled):
    """Each stem's count is the number of passages whose title or text holds it, however often."""
    archive, saved = filled
    stems = [stem(word) for word in ("legality", "article", "titles", "nothing", "article7", "'")]
    passages = archive.passages.found({i: (0.0, 0.0) for one in saved for i in one.added})
    held = [{term.stem for term in terms_of(one.article.title + " " + one.text)} for one in passages]
    assert archive.words.counts(stems) == StemCounts(
        passages=len(passages), by_stem={one: sum(one in stems for stems in held) for one in stems}
    )
    assert archive.words.counts([]) == StemCounts(passages=len(passages), by_stem={})
