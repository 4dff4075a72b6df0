"""Where to go, write, call or pay is shown only as the words of somebody who is named."""

import pytest

from onrecord.service.answers.prose.gate.checks.addresses import find_addresses
from onrecord.service.answers.prose.gate.sentence_gate import Passed, Withheld
from tests.service.answers.prose.gate.conftest import Check


@pytest.mark.parametrize(
    "text",
    [
        "Readers may go to harbour.museum for more.",
        "Readers may go to harbour dot museum for more.",
        "Write to desk@harbour.example at once.",
        "Write to desk at harbour dot org at once.",
        "The account @harbourdesk has more.",
        "Call 555 0199 22 now.",
        "Call five five five oh one nine nine now.",
        "The number is +44 20 7946 0958.",
        "Pay into DE89 3704 0044 0532 0130 00.",
        "Please transfer the fee to this account.",
        "Send money to Pal Kiss at once.",
        "Buy gift cards and send the codes.",
        "The office is at 14 Harbour Street.",
        "The office is at forty-two Elm Avenue.",
        "The office is at 9 Rue de la Paix.",
        "Write to PO Box 1187.",
        "The number is 020 7946 0958.",
        "The number is zero seven seven double nine, two four six.",
        "Dial 1 800 FLOWERS.",
        "Message us on Telegram at harbourdesk.",
        "Scan the QR code below.",
    ],
)
def test_an_address_is_found_in_any_form(text: str) -> None:
    assert list(find_addresses(text))


@pytest.mark.parametrize(
    "text",
    [
        "He arrived at 5 p.m. in the U.S. on Monday.",
        "Shares rose from 1.25 to 2.3 million, i.e. by half.",
        "Amazon.com Inc said that sales rose.",
        "She pointed at the dot on the map.",
        "They called 12 witnesses in 2019.",
        "The bank account was frozen.",
        "In 2019 Abbey Road was closed.",
        "On 12 May Elm Street was closed.",
        "He sent money to his mother.",
    ],
)
def test_what_only_looks_like_an_address_is_none(text: str) -> None:
    assert list(find_addresses(text)) == []


def test_an_address_is_withheld_even_where_the_passage_has_it(check: Check) -> None:
    passage = "The harbour closed on Monday. Readers can find the list at harbour.museum today."
    verdict = check("Readers can find the list at harbour.museum today.", passage)
    assert isinstance(verdict, Withheld)
    assert verdict.reason == "it gives the address “harbour.museum” as its own words"


def test_an_address_is_shown_inside_the_quoted_words_of_somebody(check: Check) -> None:
    passage = "“The list is at harbour.museum for all,” Mayor Ana Reis said."
    assert isinstance(check(passage, passage), Passed)
