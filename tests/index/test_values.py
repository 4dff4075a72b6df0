"""Spans and filters."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.index.values import Filters, Span


@st.composite
def spans(draw):
    start = draw(st.integers(0, 30))
    return Span(start, draw(st.integers(start, 30)))


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2), (-2, -1)])
def test_what_is_no_range_is_no_span(start, end):
    """A span that starts before the text or ends before it starts is refused, both numbers named."""
    with pytest.raises(ValueError, match=rf"^Not a span: start {start}, end {end}\.$"):
        Span(start, end)


@given(st.text(max_size=40), spans())
def test_a_span_names_a_slice(text, span):
    """A span's slice is Python's own, and its length is that of the slice wherever the text reaches that far."""
    assert span.of(text) == text[span.start : span.end]
    if span.end <= len(text):
        assert len(span.of(text)) == len(span)


@given(st.text(alphabet=" \n\xa0ab", max_size=40), spans())
def test_a_trimmed_span_names_the_words_without_the_space_around_them(text, span):
    """The slice is Python's own `strip`, at its own place inside the span."""
    trimmed = span.trimmed(text)
    assert trimmed.of(text) == span.of(text).strip()
    assert span.contains(trimmed)


@given(spans(), spans())
def test_spans_relate_as_the_sets_of_their_positions(one, other):
    """Overlap is a shared position, whichever is asked, and a span contains another if it has all its positions."""
    here, there = set(range(one.start, one.end)), set(range(other.start, other.end))
    assert (one.overlaps(other), other.overlaps(one)) == (bool(here & there), bool(here & there))
    if there:
        assert one.contains(other) is (there <= here)


def test_spans_are_ordered_by_their_places():
    """Sorted spans follow the text, the shorter of two that start together first."""
    assert sorted([Span(4, 5), Span(0, 9), Span(0, 2)]) == [Span(0, 2), Span(0, 9), Span(4, 5)]


def test_values_cannot_be_changed():
    """A value that has been handed on stays as it is."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        Span(0, 1).start = 1


@pytest.mark.parametrize(
    ("filters", "restricts"),
    [
        (Filters(), False),
        (Filters(publisher="Reuters"), True),
        (Filters(published_after="2025-01-01T00:00:00"), True),
        (Filters(published_before="2025-01-01T00:00:00"), True),
        (Filters(article_ids=()), True),
    ],
)
def test_filters_are_true_when_they_restrict(filters, restricts):
    """No filter is false; a list of no articles at all is a restriction, not the lack of one."""
    assert bool(filters) is restricts
