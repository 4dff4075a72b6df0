import pytest

from onrecord.service.answers.question.asked_words import WordsKind, read_asked_words
from onrecord.service.answers.question.question import AnswerKind, read_question

SAID, DENIED, ACCOUNT, VIEW, OF_ANYBODY = WordsKind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Who is the UK foreign secretary?", AnswerKind.PERSON),
        ("whose golf club hosted earlier rounds", AnswerKind.PERSON),
        ("When did the talks end?", AnswerKind.TIME),
        ("On which day do they meet?", AnswerKind.TIME),
        ("Where were the talks held?", AnswerKind.PLACE),
        ("In what country is Normandy?", AnswerKind.PLACE),
        ("How many points did the proposal have?", AnswerKind.NUMBER),
        ("How tall is Mount Everest?", AnswerKind.NUMBER),
        ("Why did it fail?", AnswerKind.REASON),
        ("What did Putin say about legality?", AnswerKind.OTHER),
        ("legality Putin", AnswerKind.OTHER),
    ],
)
def test_the_kind_of_answer_is_read_from_the_question(text: str, kind: AnswerKind) -> None:
    """The question's own words say what kind of answer it wants."""
    assert read_question(text).kind is kind


def test_names_and_numbers_are_what_an_answer_can_hardly_do_without() -> None:
    """Names and numbers are found wherever they stand but at the start, where every word has a capital."""
    question = read_question("What did Boris Johnson say about Article 5?")
    assert question.names == {"bori", "johnson", "articl", "5"}
    assert [term.folded for term in question.terms] == ["boris", "johnson", "say", "article", "5"]


def test_a_country_is_not_taken_for_a_pronoun() -> None:
    """ "US" in capitals is a name; "us" is none."""
    assert [term.folded for term in read_question("What did the US offer?").terms] == ["us", "offer"]
    assert [term.folded for term in read_question("What did they offer us?").terms] == ["offer"]


def test_a_question_of_function_words_keeps_them() -> None:
    """A question with nothing else to go by is searched by what it has."""
    assert [term.folded for term in read_question("who is he?").terms] == ["who", "is", "he"]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("What did Putin say about legality?", (SAID, "Putin", "legality")),
        ("what does zelensky think of land", (SAID, "zelensky", "land")),
        ("What has Rubio promised?", (SAID, "Rubio", "")),
        ("what did the minister deny", (DENIED, "the minister", "")),
        ("Who said that Europe must pay?", (OF_ANYBODY, None, "Europe must pay")),
        (
            "What would Europe provide, according to Trump?",
            (ACCOUNT, "Trump", "What would Europe provide"),
        ),
        (
            "What does Kyiv need, according to its foreign minister?",
            (VIEW, "its foreign minister", "What does Kyiv need"),
        ),
        (
            "what do they need according to putin",
            (ACCOUNT, "putin", "what do they need"),
        ),
        ("What is Putin's position on legality?", (VIEW, "Putin", "legality")),
        ("What are the views of Mark Rutte on NATO", (VIEW, "Mark Rutte", "NATO")),
        ("Rubio’s reaction to the talks", (VIEW, "Rubio", "the talks")),
        ("Has Zelensky commented on territory?", (VIEW, "Zelensky", "territory")),
        ("did putin mention elections", (VIEW, "putin", "elections")),
        (
            "Has the minister said anything about taxes?",
            (VIEW, "the minister", "taxes"),
        ),
        (
            "What did the State Department say about talks?",
            (SAID, "the State Department", "talks"),
        ),
        ("what did the state say of taxes", (SAID, "the state", "taxes")),
        ("How did Rubio describe the talks?", (VIEW, "Rubio", "the talks")),
        ("What does Moscow insist on in Ukraine?", (VIEW, "Moscow", "in Ukraine")),
        ("What did Trump propose?", None),
        ("What happened in Geneva, according to the article?", None),
        ("Did anyone mention elections?", None),
        ("What is Russia's population?", None),
        ("What is the response to the attack?", None),
        ("Who is the UK foreign secretary?", None),
        ("How many points did Trump's proposal have?", None),
        ("legality Putin", None),
    ],
)
def test_a_question_for_somebodys_words_says_which_whose_and_about_what(
    text: str, asked: tuple[WordsKind, str | None, str] | None
) -> None:
    """Speaker and topic are read out of the question, however it is put; any other question is none of that kind."""
    read = read_asked_words(text)
    assert (read and (read.kind, read.who, read.topic)) == asked


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("What did {} say about grain?", "grain"),
        ("Did {} ever mention grain?", "grain"),
        ("What happened to grain, according to {}?", "What happened to grain"),
    ],
)
def test_a_list_of_speakers_may_have_commas(text, topic):
    """A list of names is who speaks, to its last member."""
    who = "Eduardo dos Santos, Luca della Valle and Ursula von der Leyen"
    asked = read_asked_words(text.format(who))
    assert asked is not None
    assert (asked.who, asked.topic) == (who, topic)
