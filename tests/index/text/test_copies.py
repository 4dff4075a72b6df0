import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.index.text.copies import Story, holds, is_copy, is_correction, keys_of, restates, same_words

HARBOUR = (
    "The new harbour of Porto Alto will open in May, Mayor Ana Reis said on Monday. “We will never leave the quay to "
    "the others,” she told the council. The work has cost 12.5 million euros so far, two million more than was "
    "planned. A second quay follows in 2027, if the Ministry of Transport pays its part. The fishermen of the old "
    "town fear for their berths. They were promised forty of them in writing."
)
EARNINGS = (
    "Shr 34 cts vs 24 cts\nNet 1,002,000 vs 470,000\nSales 15.9 mln vs 12.0 mln\nNOTE: full year figures not given."
)
DIVIDEND = "Qtly div 10 cts vs 10 cts prior. Pay April 30. Record April 15."


def story(text: str, title: str = "Harbour to open in May", day: int | None = 10, *, corrects: bool = False) -> Story:
    return Story(title, text, day, corrects)


@pytest.mark.parametrize(
    "edited",
    [
        HARBOUR,
        HARBOUR.upper().title(),
        HARBOUR.replace("told the council", "said to the council"),
        HARBOUR.replace(" on Monday", ""),
        HARBOUR.replace("“", '"').replace("”", '"').replace(" A second", "\n\n    A second"),
        HARBOUR.replace("two million", "2 million"),
        HARBOUR.partition(" A second")[0],
        HARBOUR.replace("Porto Alto", "Porto-Alto") + " This was reported first by an agency that has a bureau there.",
        HARBOUR.replace("Ana Reis", "Anna Reis"),
    ],
)
def test_a_reprint_is_a_copy(edited):
    """The same text, with other quotation marks, a word changed, cut short or added to, is one story."""
    one, other = story(HARBOUR), story(edited, title="A quay for Porto Alto")
    assert is_copy(one, other)
    assert is_copy(other, one)
    assert keys_of(one) & keys_of(other)


@pytest.mark.parametrize(
    ("text", "title", "day"),
    [
        (HARBOUR.replace("12.5", "15.2"), "Harbour to open in May", 10),
        (HARBOUR.replace("two million", "three million"), "Harbour to open in May", 10),
        (HARBOUR.replace("will open", "will not open"), "Harbour to open in May", 10),
        (HARBOUR.replace("Ana Reis", "Rui Pinto"), "Harbour to open in May", 10),
        (HARBOUR.replace("Porto Alto", "Vila Nova"), "Harbour to open in May", 10),
        (HARBOUR, "Harbour to open in May", 400),
    ],
)
def test_what_differs_in_what_matters_is_no_copy(text, title, day):
    """Another figure, another name, a "not", or the same brief months later are news of their own."""
    assert not is_copy(story(HARBOUR), story(text, title, day))
    assert not is_copy(story(text, title, day), story(HARBOUR))


def test_reports_of_two_companies_are_never_one():
    """A form that was filled in twice is two stories, whether the figures or only the company's name differ."""
    assert not is_copy(
        story(EARNINGS, "FOO CORP 4TH QTR NET"), story(EARNINGS.replace("470", "471"), "FOO CORP 4TH QTR")
    )
    assert not is_copy(story(DIVIDEND, "DIME SAVINGS BANK PAYOUT"), story(DIVIDEND, "JAMES RIVER CORP SETS PAYOUT"))
    assert is_copy(story(DIVIDEND, "JAMES RIVER CORP PAYOUT"), story(DIVIDEND, "JAMES RIVER CORP SETS PAYOUT"))


def test_a_brief_that_names_somebody_needs_no_headline():
    """A short text of one agency is one source under whatever headline; months and days name nobody."""
    brief = HARBOUR.partition(" “We")[0] + " The council agreed to it without a vote."
    assert is_copy(story(brief, "Harbour to open"), story(brief, "Council says yes"))
    form = (
        "The quarterly dividend is 10 cents against 10 cents in the prior quarter, payable in May, recorded in April."
    )
    assert not is_copy(story(form, "Dime Savings payout"), story(form, "James River dividend"))


def test_a_correction_is_a_version_of_what_it_corrects():
    """A correction has other figures and belongs to the story all the same; another company's does not."""
    wrong = story(EARNINGS, "AMERICAN VANGUARD CORP <AMGD> YEAR NET")
    right = EARNINGS.replace("34 cts", "43 cts") + "\nCorrects share figure in item of March 3."
    assert is_correction("(CORRECTED) - AMERICAN VANGUARD CORP <AMGD> YEAR NET", "")
    assert is_copy(wrong, story(right, "(CORRECTED) - AMERICAN VANGUARD CORP <AMGD> YEAR NET", corrects=True))
    assert not is_copy(wrong, story(right, "(CORRECTED) - WESTERN CASUALTY CO <WCAS> YEAR NET", corrects=True))
    assert not is_copy(wrong, story(right, "AMERICAN VANGUARD CORP <AMGD> YEAR NET"))
    assert restates(wrong, story(right))


@pytest.mark.parametrize(
    ("title", "text", "said"),
    [
        ("CORRECTED - GM SEES RISE", "", True),
        ("Harbour opens in May (corrected)", "", True),
        ("<CORRECTED> - GENERAL INSTRUMENT", "", True),
        ("Correction: harbour opens in May", "", True),
        ("Harbour", "It opens in May.\n(Corrects month in item of March 3.)", True),
        ("Harbour", "It opens in May. -- corrects year of loss in third paragraph", True),
        ("Harbour", "An earlier version of this article misstated the mayor's name.", True),
        ("Harbour", "Editor’s note: This story has been corrected to show that it opens in May.", True),
        ("UK EQUITIES SEEN DUE FOR DOWNWARD CORRECTION", "", False),
        ("Mayor is correct", "The mayor corrected the minister. “That is correct,” she said.", False),
        ("Harbour", "This report said that the harbour opens in May.", False),
    ],
)
def test_what_says_of_itself_that_it_corrects(title, text, said):
    assert is_correction(title, text) is said


def test_a_story_holds_a_quote_of_it():
    """A quote is held where its words, its figures and its names are, a word more or less."""
    quote = "The work has cost 12.5 million euros so far, two million more than was planned."
    assert holds(story(HARBOUR), story(quote))
    assert holds(story(HARBOUR), story(quote.replace("so far, ", "")))
    assert not holds(story(HARBOUR), story(quote.replace("12.5", "13")))
    named = HARBOUR.partition(". ")[0]
    assert holds(story(HARBOUR.replace(" on Monday", "")), story(named))
    assert not holds(story(HARBOUR.replace("Monday", "Tuesday")), story(named))
    assert not holds(story(HARBOUR), story("The mayor of another town said nothing of the kind to us."))
    assert not holds(story(HARBOUR), story(""))


def test_a_short_sentence_is_nobodys():
    """A sentence that everybody writes has no source; one of twenty words has."""
    short = "Company officials were not available for comment."
    assert not same_words(short, short)
    long = HARBOUR.partition(". ")[0] + ", and the council agreed to it."
    assert same_words(long, long.replace("agreed to", "approved"))
    assert not same_words(long, long.replace("May", "June"))


def test_nothing_is_a_copy_of_nothing():
    empty = story("")
    assert not is_copy(empty, empty)
    assert not keys_of(empty)


VOCABULARY = "the a of Reis May 12 13 not harbour quay two mln said will"
words = st.lists(st.sampled_from(VOCABULARY.split()), max_size=60)


@given(words, words, st.booleans(), st.booleans())
def test_it_does_not_matter_which_of_the_two_comes_first(one, other, first, second):
    a, b = story(" ".join(one), corrects=first), story(" ".join(other), corrects=second)
    assert is_copy(a, b) == is_copy(b, a)
