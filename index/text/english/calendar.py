"""The months, the days of the week, and words for times such as "yesterday" and "evening".

The months of other languages, which only an article's date is read with, are in `index/text/dates.py`.
"""

from onrecord.index.text.english.word_sets import word_set

_MONTHS = (
    "january jan; february feb; march mar; april apr; may; june jun; july jul; august aug; september sept sep; "
    "october oct; november nov; december dec"
)
_WEEKDAYS = "monday mon; tuesday tues tue; wednesday wed; thursday thurs thur thu; friday fri; saturday sat; sunday sun"

MONTH_SPELLINGS = tuple(tuple(names.split()) for names in _MONTHS.split(";"))
"""Of each month, January first, the full name and then its short forms; all in lower case."""
MONTH_NUMBERS = {name: number for number, names in enumerate(MONTH_SPELLINGS, start=1) for name in names}
"""The number of each month, January being 1, by each of its spellings in lower case."""
WEEKDAY_SPELLINGS = tuple(tuple(names.split()) for names in _WEEKDAYS.split(";"))
"""Of each day, Monday first, the full name and then its short forms; all in lower case."""

MONTHS = tuple(names[0] for names in MONTH_SPELLINGS)
"""The twelve full names, January first."""
WEEKDAYS = tuple(names[0] for names in WEEKDAY_SPELLINGS)
"""The seven full names, Monday first."""
MONTH_SHORT_FORMS = frozenset(short for names in MONTH_SPELLINGS for short in names[1:])
WEEKDAY_SHORT_FORMS = frozenset(short for names in WEEKDAY_SPELLINGS for short in names[1:])

YEAR_PATTERN = r"(?:1[5-9]|20)\d\d"
"""A year from 1500 to 2099, in digits."""

MONTHS_THAT_ARE_WORDS = word_set("may march mar")
"""Spellings of months that are common words as well."""
WEEKDAYS_THAT_ARE_WORDS = word_set("mon sat sun wed")
"""Short forms of weekdays that are common words, or parts of names, as well."""

RELATIVE_DAYS = word_set("yesterday today tomorrow tonight")
TIMES = (
    frozenset({*MONTHS, *WEEKDAYS})
    | (RELATIVE_DAYS - {"tomorrow"})
    | word_set(
        "morning afternoon evening night week month year weekend day hours days weeks months years moments minutes"
    )
)
"""Words that tell when something was said, and never who said it."""
