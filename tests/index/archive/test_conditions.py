"""Filters as conditions in SQL."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from onrecord.index.text.timestamps import to_utc
from onrecord.index.values import Filters
from tests.index.archive.made_up import INSTANTS, PUBLISHERS


def passes(info, filters):
    published = to_utc(info.published_at) if info.published_at else None
    return (
        (filters.published_after is None or (published is not None and published >= filters.published_after))
        and (filters.published_before is None or (published is not None and published < filters.published_before))
        and (
            filters.publisher is None
            or (info.publisher is not None and info.publisher.casefold() == filters.publisher.casefold())
        )
        and (filters.article_ids is None or info.id in filters.article_ids)
    )


@given(data=st.data())
def test_filters_let_through_exactly_what_they_name(filled, data):
    """In any combination, the passages are those of the articles that a filter in plain Python lets through."""
    archive, saved = filled
    ids = st.sampled_from([one.article.id for one in saved] + ["no-such-id", "' OR TRUE --"])
    filters = data.draw(
        st.builds(
            Filters,
            published_after=st.sampled_from(INSTANTS),
            published_before=st.sampled_from(INSTANTS),
            publisher=st.sampled_from([*PUBLISHERS, "REUTERS", "ukraine", ""]),
            article_ids=st.none() | st.lists(ids, max_size=30).map(tuple),
        )
    )
    expected = {i for one in saved if passes(one.article, filters) for i in one.added}
    assert set(archive.passages.ids(filters)) == expected
    among = np.array(sorted(expected), dtype=np.int64)
    assert {i for i, _ in archive.words.match(["legality", "more"], limit=999, among=among)} == expected


def test_no_filter_lets_everything_through(filled):
    """None and an empty filter are the same."""
    archive, saved = filled
    every = sorted(i for one in saved for i in one.added)
    assert sorted(archive.passages.ids()) == sorted(archive.passages.ids(Filters())) == every
