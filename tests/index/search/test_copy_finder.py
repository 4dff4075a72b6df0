"""Of copies one is shown."""

from onrecord.index.search.copy_finder import CopyFinder
from onrecord.index.values import Copies, Filters
from tests.index.archive.made_up import indexed
from tests.index.archive.tables.test_copy_table import version
from tests.index.text.test_copies import HARBOUR

BANK = (
    "The central bank of the republic left its rate at three percent, the governor Rui Pinto told reporters in the old "
    "town. He said that he expected prices to fall before the summer, as those of oil and grain had done already, and "
    "that the bank saw no cause for alarm in the figures of the last quarter."
)
MINUTES = (
    "\nThe minutes are published in a fortnight, and the next meeting of the board is on the first Tuesday of June."
)


class Shown:
    """What is shown of the passages of these articles, ranked as they are named."""

    def __init__(self, archive, *names, texts=()):
        self.ids, ranked = {}, []
        for name in names:
            saved = archive.save(texts[name] if name in texts else version(name))
            self.ids[name] = saved.article.id
            ranked += saved.added
        self.names = {article: name for name, article in self.ids.items()}
        self.ranked = [(number, 1 - place / 100, 0.5) for place, number in enumerate(ranked)]
        self.finder = CopyFinder(archive)

    def __call__(self, *, limit=8, filters=None):
        found = self.finder.collapse(self.ranked, limit=limit, filters=filters)
        return [(self.names[one.article.id], sorted(self.names[i] for i in one.copies.article_ids)) for one in found]


def test_of_copies_the_newest_is_shown_and_the_others_are_counted(archive):
    """The newest of the reprints stands for them all, and a brief does not hold the whole passage."""
    shown = Shown(archive, "agency", "brief", "daily", "other")
    assert shown() == [("daily", ["agency"]), ("other", [])]


def test_copies_take_no_place_of_others(archive):
    """With room for two, a story that is there three times leaves room for the next."""
    shown = Shown(archive, "brief", "agency", "daily", "other", "wrong")
    assert shown(limit=2) == [("daily", ["agency"]), ("other", [])]


def test_a_correction_is_shown_in_place_of_what_it_corrects(archive):
    """However they are ranked, the figures that were corrected are not shown, and do not count as carrying it."""
    shown = Shown(archive, "wrong", "right")
    (found,) = shown.finder.collapse(shown.ranked[:1], limit=8)
    assert (found.article.id, "43 cts" in found.text) == (shown.ids["right"], True)
    assert found.copies == Copies(corrected=(shown.ids["wrong"],))


def test_a_filter_shows_another_copy(archive):
    """If the filter excludes the foremost, the foremost of those that pass is shown."""
    shown = Shown(archive, "agency", "daily")
    only = Filters(article_ids=(shown.ids["agency"],))
    assert shown(filters=only)[0] == ("agency", ["daily"])
    assert shown(filters=Filters(published_before="2025-11-04T00:00:00"))[0] == ("agency", ["daily"])


def test_what_is_removed_is_neither_shown_nor_counted(archive):
    """When the foremost goes, the next is shown."""
    shown = Shown(archive, "agency", "daily")
    archive.remove(shown.ids["daily"])
    assert shown() == [("agency", [])]


def test_one_paragraph_in_two_articles_has_one_source(archive):
    """A paragraph that two articles of their own have nearly word for word is shown once; a form is not."""
    texts = {
        "one": indexed(BANK + "\n" + HARBOUR, source_name="one", title="Rates stay"),
        "two": indexed(BANK.replace("old town", "old city") + MINUTES, source_name="two", title="Alarm"),
        "form": indexed("Qtly div 10 cts vs 10 cts prior.", source_name="form", title="FOO CORP PAYOUT"),
        "same": indexed("Qtly div 10 cts vs 10 cts prior.", source_name="same", title="BAR INC SETS PAYOUT"),
    }
    shown = Shown(archive, *texts, texts=texts)
    assert archive.copies.of_articles(list(shown.ids.values())) == {}
    assert [name for name, _ in shown()] == ["one", "one", "two", "form", "same"]
    assert dict(shown()[:1]) in ({"one": ["two"]}, {"two": ["one"]})


def test_a_quote_is_carried_by_whoever_has_its_words(archive):
    """A brief carries the sentence that it has, and not the one that it lacks."""
    shown = Shown(archive, "agency", "brief", "daily", "other")
    first, last = HARBOUR.split(". ")[0] + ".", HARBOUR.rpartition(". ")[2]
    carried = shown.finder.carried
    assert set(carried(shown.ids["agency"], first).article_ids) == {shown.ids["brief"], shown.ids["daily"]}
    assert set(carried(shown.ids["agency"], last).article_ids) == {shown.ids["daily"]}
    assert carried(shown.ids["other"], first) == Copies()
    assert carried("nobody", first) == Copies()
