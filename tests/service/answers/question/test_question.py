import pytest

from onrecord.service.answers.question.question import AnswerKind, AskedWords, read_asked_words, read_question


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
        ("What did Putin say about legality?", AskedWords(who="Putin", topic="legality", reported=True)),
        ("what does zelensky think of land", AskedWords(who="zelensky", topic="land", reported=True)),
        ("What has Rubio promised?", AskedWords(who="Rubio", topic="", reported=True)),
        ("what did the minister deny", AskedWords(who="the minister", topic="", denied=True, reported=True)),
        ("Who said that Europe must pay?", AskedWords(who=None, topic="Europe must pay")),
        ("What would Europe provide, according to Trump?", AskedWords(who="Trump", topic="What would Europe provide")),
        (
            "What does Kyiv need, according to its foreign minister?",
            AskedWords(who="its foreign minister", topic="What does Kyiv need", others=True),
        ),
        ("what do they need according to putin", AskedWords(who="putin", topic="what do they need")),
        ("What is Putin's position on legality?", AskedWords(who="Putin", topic="legality", others=True)),
        ("What are the views of Mark Rutte on NATO", AskedWords(who="Mark Rutte", topic="NATO", others=True)),
        ("Rubio’s reaction to the talks", AskedWords(who="Rubio", topic="the talks", others=True)),
        ("Has Zelensky commented on territory?", AskedWords(who="Zelensky", topic="territory", others=True)),
        ("did putin mention elections", AskedWords(who="putin", topic="elections", others=True)),
        ("Has the minister said anything about taxes?", AskedWords(who="the minister", topic="taxes", others=True)),
        (
            "What did the State Department say about talks?",
            AskedWords(who="the State Department", topic="talks", reported=True),
        ),
        ("what did the state say of taxes", AskedWords(who="the state", topic="taxes", reported=True)),
        ("How did Rubio describe the talks?", AskedWords(who="Rubio", topic="the talks", others=True)),
        ("What does Moscow insist on in Ukraine?", AskedWords(who="Moscow", topic="in Ukraine", others=True)),
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
def test_a_question_for_somebodys_words_says_whose_and_about_what(text: str, asked: AskedWords | None) -> None:
    """Speaker and topic are read out of the question, however it is put; any other question is none of that kind."""
    assert read_asked_words(text) == asked


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
