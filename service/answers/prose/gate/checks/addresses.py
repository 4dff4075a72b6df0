"""Where to go, write, call or pay: shown only as somebody's own words, never as the answer's."""

import re
from collections.abc import Iterator

from onrecord.index.text.english.calendar import MONTHS, YEAR_PATTERN
from onrecord.index.text.english.numbers import NUMERALS
from onrecord.index.text.english.word_sets import any_of
from onrecord.service.answers.prose.gate.checks.reasons import shorten
from onrecord.service.answers.prose.gate.claim import Claim
from onrecord.service.answers.prose.gate.evidence import Evidence

_DOT = r"\s*[(\[{]\s*dot\s*[)\]}]\s*|\s+dot\s+"
_AT = r"\s*[(\[{]\s*at\s*[)\]}]\s*|\s+at\s+"
_CALL = r"(?:call|dial|phone|ring|text|telephone|tel|fax|whatsapp|hotline)"
_DIGIT = rf"(?:oh|{any_of(word for word, value in NUMERALS.items() if value < 10)})"
_SPOKEN = rf"(?:(?:double|triple) )?{_DIGIT}\b"
"""A digit as it is read out."""
_SPOKEN_AND_MORE = rf"{_SPOKEN}[ ,-]{{1,2}}"
"""The same with what parts it from the next digit."""
_NUMERAL = rf"(?:{any_of(NUMERALS)})"
_STREET = (
    r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Drive|Boulevard|Blvd|Square|Terrace|Quay|Gardens|Crescent|Parkway|Alley|"
    r"Mews|Wharf)"
)
_VIA = r"(?:[Rr]ue|[Vv]ia|[Cc]alle|[Rr]ua|[Aa]venida|[Pp]laza|[Pp]iazza|[Aa]venue)"
_OF = r"(?:d\w+ |la ){0,2}"
_YEAR = rf"{YEAR_PATTERN}\b"
_MONTH = rf"(?:{any_of(MONTHS)})\b"
_ORDER = r"(?:^|\bplease |\b(?:should|must|can|may) )"
_COMPANY = r"(?!\.?\w|\s+(?:Inc|Corp|Ltd|Co|Group|plc|Holdings|Limited|Corporation)\b)"
_ADDRESS = re.compile(
    "|".join(
        (
            # An e-mail address, a name on a network, and both written out.
            r"[\w.+-]+@[\w.-]*\w|(?<!\w)@\w{2,}",
            rf"\b[\w.+-]+(?:{_AT})(?!(?:the|a|an|this|that|one)\b)[\w-]+(?:{_DOT})\w{{2,}}(?:(?:{_DOT})\w{{2,}})*",
            rf"\b(?!(?:the|a|an|this|that|one)\b)[\w-]+(?:{_DOT})[a-z]{{2,24}}\b(?:(?:{_DOT})[a-z]{{2,24}}\b)*",
            # A web address with any ending: letters on both sides of a dot, small ones behind it.
            rf"(?<![<\[])\b(?:[^\W_][\w-]*\.)*[^\W\d_][\w-]+\.(?:[a-z]{{2,24}}|[A-Z]{{2,6}})\b{_COMPANY}(?:/\S*)?",
            r"\b\d{1,3}(?:\.\d{1,3}){3}\b",
            # A place in a street, and a box.
            rf"\b(?:number )?(?!{_YEAR})(?:\d{{1,5}}[a-z]?|{_NUMERAL}(?:-{_NUMERAL})?),? (?!{_MONTH})"
            rf"(?-i:(?:[A-Z][\w’'.-]* ){{1,3}}{_STREET}\b)",
            rf"\b(?-i:\d{{1,4}},? {_VIA} {_OF}[A-Z]\w+|{_VIA} {_OF}[A-Z]\w+,? \d{{1,4}})\b",
            r"\b(?-i:[A-Z]\w*(?:stra(?:ß|ss)e|gatan|gade|weg|platz|allee|laan|straat)) \d{1,4}\b",
            r"\bp\.? ?o\.? box \w+",
            # A telephone number, and one that is read out.
            rf"\b(?:{_SPOKEN_AND_MORE}){{5,}}{_SPOKEN}",
            rf"\b{_CALL}\b\W{{1,3}}(?:\w+ ){{0,3}}(?:{_SPOKEN_AND_MORE}){{2,}}{_SPOKEN}",
            r"\b0\d{2,4}[ /-]\d{3,4}[ -]?\d{3,4}\b|\b1[ -]8\d\d[ -][\w-]{4,}|\btext \w+ to \d{4,6}\b",
            r"(?<![\w+])\+\d[\d ()./-]{6,}\d|\b00\d{2}[\d ()./-]{6,}\d",
            r"(?<!\w)\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}\b|\b1-8\d\d-[\w-]{7,}",
            rf"\b{_CALL}\b\W{{0,3}}(?:\w+\W{{1,3}}){{0,4}}(?:\d[\d ()./-]{{4,}}\d|(?:{_DIGIT}[ -]){{4,}}{_DIGIT}\b)",
            # An account, and what to pay into it.
            r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,}(?: ?[A-Z0-9]{1,4})?\b",
            r"\b(?:bc1|0x)[A-Za-z0-9]{20,}\b|\b[13][a-km-zA-HJ-NP-Z1-9]{25,34}\b",
            r"\b(?:account|routing|card|iban|sort code|wallet)\b(?: \w+)?\W{1,3}\d[\d -]{4,}\d",
            rf"\b(?:sort code|account number|routing number|iban|pin)\W{{1,3}}(?:is )?{_NUMERAL}\b",
            rf"{_ORDER}(?:send|transfer|pay|wire|donate|deposit|remit|give|buy|purchase)\b.{{0,60}}\b(?:account|wallet|paypal|"
            r"bitcoins?|iban|cards?|crypto\w*|western union|bank transfer|money order)\b",
            r"^(?:send|wire|transfer|remit|deposit|donate)\b.{0,80}",
            # An order to go somewhere on a network.
            rf"{_ORDER}(?:scan|click)\b.{{0,40}}|\bscan (?:the|this) (?:qr )?code\b",
            r"\b(?:message|contact|write to|reach|add) (?:us|me|him|her|them)\b.{0,20}\b(?:on|at|via)\b.{0,40}",
        )
    ),
    re.IGNORECASE,
)
_ABBREVIATION = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]?|(?:a|p)\.m|vs\.\w+|etc\.\w+|no\.\w+", re.IGNORECASE)


def check_addresses(claim: Claim, evidence: Evidence) -> str | None:
    """Refuse an address, a telephone number or an order to pay, unless somebody who is named says so word for word."""
    text = claim.text
    named = any(quotation.speaker or quotation.speaker_mention for quotation in claim.quotations)
    quoted = claim.parsed.quoted if named else ()
    for found in find_addresses(text):
        if not any(found in words for words in quoted):
            return f"it gives the address “{shorten(found)}” as its own words"
    return None


def find_addresses(text: str) -> Iterator[str]:
    """Yield every address, number or order to pay in a text, as it is written."""
    for match in _ADDRESS.finditer(text):
        if not _ABBREVIATION.fullmatch(match.group()):
            yield match.group()
