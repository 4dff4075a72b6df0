from onrecord.service.answers.prompts import check_placeholders, load_prompts


def test_the_shipped_templates_are_whole() -> None:
    """Every template is there and has the placeholders it is filled with."""
    prompts = load_prompts()
    said = prompts.quote.format(quote="“A quote.”", source="Ana Reis, The Coast", number=1)
    assert said == "“A quote.” — Ana Reis, The Coast [1]"
    assert prompts.abstained == "The archive does not answer this question."
    said = "Nothing attributed to Ana Reis on this was found in the archive."
    assert prompts.not_on_record.format(speaker="Ana Reis") == said
    said = "Nothing attributed to Ana Reis on this was found in the articles that were asked."
    assert prompts.not_on_record_filtered.format(speaker="Ana Reis") == said


def test_all_that_is_wrong_with_a_template_is_named_at_once() -> None:
    """A missing and an unknown placeholder are both named, with the file."""
    wrong = check_placeholders("prompts/quote.txt", "{qoute} [{number}]", frozenset({"quote", "number"}))
    assert wrong == [
        "prompts/quote.txt lacks {quote}",
        "prompts/quote.txt has the unknown placeholder {qoute}",
    ]


def test_a_template_that_is_no_template_is_named() -> None:
    """A brace that is not closed is an error of that file."""
    assert check_placeholders("prompts/quote.txt", "{quote", frozenset())[0].startswith("prompts/quote.txt: ")
