"""Say whether the words that a reader marks are of the kind, and their sentence of the year, that a question asks for.

A reader is sometimes sure of words that are a price although a number of tonnes was asked for. The rules look only at
the form of the question and of the words, and take words for the right kind unless they cannot be of it.
"""

import re

from onrecord.index.text.english.calendar import MONTHS, RELATIVE_DAYS, WEEKDAYS
from onrecord.index.text.english.function_words import STOP_WORDS
from onrecord.index.text.english.numbers import ROUND_COUNTS, WORDS_FOR_ALL, WORDS_FOR_PARTS
from onrecord.index.text.english.word_sets import any_of, word_set
from onrecord.index.values import Span
from onrecord.service.answers.facts.forms import root
from onrecord.service.answers.facts.parsed_text import Parse, ParsedText

_YES_OR_NO = re.compile(
    r"\W*(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might|must)\b", re.IGNORECASE
)
_PAYING = (
    r"(?:costs?|pay|pays|paid|spen[dt]s?|charged?s?|fined?|worth|invest\w*|donat\w+|owed?s?|len[dt]|borrow\w*|bid"
    r"|priced?s?|fetch\w*|earn\w*|fees?|salary|salaries|budget|wages?)"
)
_ASKS_FOR_MONEY = re.compile(
    rf"\bhow much (?:money|cash)\b|\bhow much\b.*\b{_PAYING}\b"
    r"|\bwhat (?:is|was|are|were) (?:\w+(?:[’']s)? ){0,3}(?:prices?|costs?|salary|budget|fees?|fine|wages?|pay)\b",
    re.IGNORECASE,
)
_ASKS_FOR_A_COUNT = re.compile(r"\bhow many ([\w’'-]+)", re.IGNORECASE)
_ASKS_FOR_A_NUMBER = re.compile(
    r"\bhow (?:many|much|old|tall|far|large|big|high|fast|heavy|deep|wide)\b"
    r"|\bwhat (?:percentage|percent|share|proportion|number)\b"
    r"|\bwhat (?:is|was) (?:\w+(?:[’']s)? ){1,2}(?:rate|population|number|age|height|weight|length)\b",
    re.IGNORECASE,
)
_ASKS_FOR_A_TIME = re.compile(r"^\W*(?:since )?when\b|\b(?:what|which) (?:year|day|date|month)\b", re.IGNORECASE)
_ASKS_FOR_A_PERSON = re.compile(r"^\W*(?:by )?who(?:m|se)?\b", re.IGNORECASE)
_CURRENCIES = (
    "dollar euro pound sterling cent pence yen yuan rouble ruble rupee peso franc mark lira crown krona krone rand "
    "shilling dirham riyal rial baht won ringgit real cruzado dlr stg buck guilder zloty usd eur gbp"
)
_MONEY = re.compile(
    # News agencies write "9 mln" and "244 mln stg", and South Africa and Malaysia R4bn and RM4.5 million.
    rf"[$€£¥₹₩₦₱]|\b(?:{any_of(word_set(_CURRENCIES))})e?s?\b|\b(?:rm|rs|r|sr|aed|chf|nok|sek|dkk)\.?\s?\d"
    r"|\b(?:[mb]illion|trillion|mln|bln)\b",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    # A currency may be written close before its number, as in R350.
    rf"\d|\b(?:{any_of(WORDS_FOR_ALL | WORDS_FOR_PARTS | ROUND_COUNTS)}|no|an?|one|once|twice|single|never)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    rf"\b(?:{any_of({*MONTHS, *WEEKDAYS, *RELATIVE_DAYS})}|second|minute|hour|day|week|weekend|month|quarter|year"
    r"|decade|century|morning|evening|night|noon|midnight|spring|summer|autumn|winter|after|before|during|until|since|once|ago"
    r"|later|earlier|soon|now|immediately)s?\b",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    r"\b(?:m[ae]n|wom[ae]n|people|persons?|child(?:ren)?|parents?|friends?|family|families|husband|wife|son|group|team"
    r"|compan(?:y|ies)|firms?|government|police|army|council|court|party|service|agenc(?:y|ies)|\w+(?:ers?|ors?|ists?|m[ae]n|ians?|ants?|ees?"
    r"|ents?|als?|ives?))\b",
    re.IGNORECASE,
)
_MAX_NOUN_WORDS = 4
"""Words behind a number among which the counted noun stands."""


def may_answer(asked: ParsedText, sentence: ParsedText, words: Span, *, parse: Parse = ParsedText) -> bool:
    """Say whether words may be what the question asks for; `words` is their place in the sentence."""
    question, marked = asked.text, words.of(sentence.text)
    if _YES_OR_NO.match(question):
        return True
    parsed = parse(marked)
    if parsed.content_stems <= asked.stem_set:
        return False
    has_number = any(not figure.is_calendar for figure in parsed.figures) or bool(_AMOUNT.search(marked))
    if _ASKS_FOR_MONEY.search(question):
        return has_number and bool(_MONEY.search(marked))
    if nouns := _ASKS_FOR_A_COUNT.findall(question):
        return has_number and any(_may_count(noun, sentence, words) for noun in nouns)
    if _ASKS_FOR_A_NUMBER.search(question):
        return has_number
    if _ASKS_FOR_A_TIME.search(question):
        return bool(parsed.figures or _TIME.search(marked))
    if _ASKS_FOR_A_PERSON.search(question):
        return bool(re.search(r"[^\W\d_]", marked)) and (marked != marked.lower() or bool(_PEOPLE.search(marked)))
    return True


def is_of_another_year(asked: ParsedText, near: ParsedText, published_at: str | None) -> bool:
    """Say whether a question names a year, and a text names others instead and was not published in or after it.

    `near`: a sentence with those around it. `published_at`: the date of its article in ISO 8601; None if unknown.
    """
    if not asked.years or not near.years or asked.years & near.years:
        return False
    # "In May" means a month of the article's own year, and often the year before it.
    return published_at is not None and not {str(int(published_at[:4]) - ago) for ago in (0, 1)} & asked.years


def _may_count(noun: str, sentence: ParsedText, words: Span) -> bool:
    """Say whether the number in the words may count the noun: the words behind it name no other thing."""
    if "%" in words.of(sentence.text) or (re.search(r"[$€£]", words.of(sentence.text)) and not _MONEY.search(noun)):
        return False
    number = next((f for f in sentence.figures if f.span.overlaps(words) and not f.is_calendar), None)
    if number is None:
        return True
    behind: list[str] = []
    at = number.span.end
    for term in sentence.terms:
        if term.span.start < at:
            continue
        apart = re.search(r"[^\s\w’'-]", sentence.text[at : term.span.start])
        if apart or term.folded in STOP_WORDS or len(behind) == _MAX_NOUN_WORDS:
            break
        behind.append(root(term.folded))
        at = term.span.end
    return not behind or root(noun.casefold()) in behind
