"""Claims are made of real articles: what is right follows from its evidence, what is wrong says where."""

import json
import random

import pytest

from bench.quality.claims.claims import make_claims
from bench.quality.claims.corruption.figures import number
from bench.quality.claims.corruption.names import order
from bench.quality.claims.corruption.negations import negation
from bench.quality.claims.corruption.rules import RULES, corrupt
from bench.quality.claims.corruption.setting import Setting
from bench.quality.claims.rewording import Place, attribution, reported
from bench.quality.claims.rewording import number as another_number
from bench.quality.claims.statements import statement
from bench.quality.claims.stories import read_stories, tell
from onrecord.index.values import Draft


@pytest.fixture(scope="module")
def stories(seeds):
    return read_stories(sorted(seeds.glob("*.txt")))


@pytest.fixture(scope="module")
def claims(stories):
    return list(make_claims(stories, seed=5, each=40))


def setting(text):
    """Return a setting whose evidence is all of the text."""
    story = tell(Draft(text=text))
    return story, Setting(story=story, evidence=text, other=story, elsewhere=())


def test_the_seed_decides_everything(stories, claims):
    """The same claims twice, others with another seed."""
    assert list(make_claims(stories, seed=5, each=40)) == claims
    assert list(make_claims(stories, seed=6, each=40)) != claims


def test_evidence_is_the_articles_own(stories, claims):
    """Whole sentences in their order, as wide as the service reads unless one sentence is longer."""
    texts = {" ".join(story.sentences) for story in stories}
    assert all(any(claim.evidence in text for text in texts) for claim in claims)
    assert all(len(claim.evidence) <= 480 for claim in claims)


def test_a_verbatim_claim_stands_in_its_evidence_and_a_wrong_one_does_not(claims):
    """Nothing that the evidence says word for word is called wrong."""
    assert all(claim.text in claim.evidence for claim in claims if claim.kind == "verbatim")
    assert not any(claim.text in claim.evidence for claim in claims if not claim.supported)


def test_every_kind_is_made_and_says_where(claims):
    """Each wrong claim marks words of its own; right ones mark none."""
    assert {claim.kind for claim in claims if not claim.supported} == set(RULES)
    for claim in claims:
        assert bool(claim.wrong) != claim.supported
        assert all(0 <= start < end <= len(claim.text) for start, end in claim.wrong)


def test_what_is_outside_the_marks_of_a_number_or_name_is_as_it_was(stories):
    """The smallest change: the marked words alone are new."""
    chance = random.Random(3)
    changed = 0
    for story in stories:
        for sentence in story.sentences:
            here = Setting(story=story, evidence=" ".join(story.sentences), other=stories[0], elsewhere=())
            made = corrupt(sentence, here, chance, kinds=("number", "name", "date"))
            if made:
                _, (text, ((start, end),)) = made
                assert sentence.startswith(text[:start])
                assert sentence.endswith(text[end:])
                assert text[start:end] != sentence[start : len(sentence) - len(text) + end]
                changed += 1
    assert changed > 40


@pytest.mark.parametrize(
    ("rule", "sentence", "forms"),
    [
        (negation, "The ministry has approved the plan.", ("not", "never", "hasn’t")),
        (negation, "The ministry did not approve the plan.", ("The ministry did approve the plan.",)),
        (number, "The harbour cost 40 million euros.", ("million", "thousand", "billion")),
        (order, "Ana Reis defeated Boris Lang in the vote.", ("Boris Lang defeated Ana Reis in the vote.",)),
    ],
)
def test_a_rule_makes_what_is_not_so(rule, sentence, forms):
    """Of these sentences each of the rules makes one of these."""
    story, here = setting(sentence + " Ana Reis and Boris Lang were there.")
    for seed in range(8):
        made = rule(sentence, here, random.Random(seed))
        if made:
            assert made[0] != sentence
            assert any(form in made[0] for form in forms)


def test_who_said_it_may_stand_anywhere():
    """The same words, the same speaker."""
    sentence = "The harbour will be opened in the spring, Ana Reis said."
    story, _ = setting(sentence)
    place = Place(story=story, position=0, first=0, last=0)
    made = {attribution(sentence, place, random.Random(seed)) for seed in range(20)}
    assert made == {
        "According to Ana Reis, the harbour will be opened in the spring.",
        "Ana Reis said that the harbour will be opened in the spring.",
        "The harbour will be opened in the spring, according to Ana Reis.",
    }


def test_what_was_said_aloud_is_told():
    """First persons become third ones."""
    sentence = "“We will open the harbour in the spring,” Ana Reis said."
    story, _ = setting(sentence)
    made = reported(sentence, Place(story=story, position=0, first=0, last=0), random.Random(1))
    assert made in (
        "Ana Reis said that they will open the harbour in the spring.",
        "They will open the harbour in the spring, Ana Reis said.",
    )


def test_a_number_is_written_otherwise():
    """Rounded numbers say that they are."""
    sentence = "Arrivals were 155,221 bags and 12 sacks."
    story, _ = setting(sentence)
    place = Place(story=story, position=0, first=0, last=0)
    made = {another_number(sentence, place, random.Random(seed)) for seed in range(30)}
    assert made == {
        "Arrivals were 155,221 bags and twelve sacks.",
        "Arrivals were more than 150,000 bags and 12 sacks.",
        "Arrivals were nearly 160,000 bags and 12 sacks.",
        "Arrivals were about 160,000 bags and 12 sacks.",
    }


@pytest.mark.parametrize(
    ("question", "answer", "told"),
    [
        ("Who invented the steam engine?", "Thomas Savery", "Thomas Savery invented the steam engine."),
        ("When did the Normans settle in Normandy?", "911", "The Normans settled in Normandy in 911."),
        ("What is the capital of Manipur?", "Imphal", "The capital of Manipur is Imphal."),
        ("Where was the treaty signed?", "Paris", "The treaty was signed in Paris."),
        ("How many seats does the stadium have?", "50,000", None),
    ],
)
def test_a_question_and_its_answer_make_a_statement(question, answer, told):
    """In the order of a statement, with the answer's place; None where the words cannot be put in order."""
    made = statement(question, answer)
    if told is None:
        assert made is None or answer in made[0]
    else:
        text, start, end = made
        assert text == told
        assert text[start:end].endswith(answer)


def test_articles_are_read_from_json_lines(tmp_path):
    """As the service takes them, with their title."""
    file = tmp_path / "articles.jsonl"
    file.write_text(json.dumps({"title": "Harbour", "text": "The harbour was opened.\nIt is big.\n"}), encoding="utf-8")
    (story,) = read_stories([file])
    assert (story.title, story.sentences) == ("Harbour", ("The harbour was opened.", "It is big."))
