"""What the program knows of English stands once, in index/text/english; everybody else imports it."""

import ast
import re
from collections.abc import Iterator, Mapping

import pytest

from onrecord.index.text.english.calendar import MONTHS, MONTHS_THAT_ARE_WORDS
from onrecord.index.text.english.negation import CONTRACTIONS, NEGATIONS
from onrecord.index.text.english.numbers import NUMERALS
from onrecord.index.text.english.particles import PARTICLES
from onrecord.index.text.english.sayings import CUES, NOUNS_TOO, VERBS_OF_SAYING
from tests.house.modules import MODULES, tree_of

ROOM = "onrecord.index.text.english"

MONTH = {month: month for month in MONTHS if month not in MONTHS_THAT_ARE_WORDS}
# What is spelt like a common word tells nothing, and two spellings of one verb are one verb.
TABLES: Mapping[str, Mapping[str, str]] = {
    "numerals": {word: word for word in NUMERALS if word != "one"},
    "negations": {word: word for word in NEGATIONS | CONTRACTIONS},
    "particles of names": {word: word for word in PARTICLES if len(word) > 1 and word not in {"in", "do", "am", "ten"}},
    "verbs of saying": {
        spelling: cue.lemma
        for spelling, cue in CUES.items()
        if cue.lemma in VERBS_OF_SAYING and spelling not in NOUNS_TOO
    },
}
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
BETWEEN = re.compile(r"(?:[\s|,;/()]|\?:|\\b)+")

ALLOWED = {
    ("onrecord.index.articles.news.credits", "verbs of saying"): "how an author may be reached",
    ("onrecord.index.articles.news.furniture", "negations"): "notices of rights",
    ("onrecord.index.articles.news.furniture", "verbs of saying"): "buttons and terms of a page",
    ("onrecord.service.answers.facts.polarity", "verbs of saying"): "what makes a thing done, not what says it",
    ("onrecord.service.answers.prose.gate.instructions", "verbs of saying"): "what a text orders a model to do",
    ("onrecord.service.answers.prose.gate.remarks", "negations"): "how a model says that it has no answer",
    ("onrecord.service.answers.prose.gate.remarks", "verbs of saying"): "what a model says of its own answer",
    ("onrecord.service.answers.prose.gate.factuality.embedders", "verbs of saying"): "classes of certainty",
    ("onrecord.service.answers.prose.gate.factuality.governing_words", "verbs of saying"): "verbs with a sure object",
    (
        "onrecord.service.answers.prose.gate.factuality.roles",
        "verbs of saying",
    ): "verbs whose object does the next deed",
    ("onrecord.service.answers.question.asked_time", "verbs of saying"): "words for whatever happened",
    ("onrecord.service.answers.quoting.quotes", "negations"): "how somebody in an interview answers",
    ("onrecord.service.answers.quoting.ways", "verbs of saying"): "who made an article",
    ("onrecord.service.commands.app", "verbs of saying"): "names of commands",
}
"""What is something else than a table of English, and what."""


def strings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of each string constant that is no docstring, and of each collection of them."""
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.lineno, node.value
        if isinstance(node, ast.Set | ast.Tuple | ast.List | ast.Dict):
            parts = node.keys if isinstance(node, ast.Dict) else node.elts
            words = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
            yield node.lineno, "|".join(words)


def listed(text: str, table: Mapping[str, str]) -> bool:
    """Say whether two different words of a table stand side by side in a text, as they do in a list."""
    words = list(WORD.finditer(text.lower()))
    return any(
        one.group() in table
        and other.group() in table
        and table[one.group()] != table[other.group()]
        and BETWEEN.fullmatch(text[one.end() : other.start()])
        for one, other in zip(words, words[1:], strict=False)
    )


def breaches(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line of each breach and what it is a table of."""
    for line, text in strings(tree):
        if any(word.group() in MONTH for word in WORD.finditer(text.lower())):
            yield line, "months"
        yield from ((line, name) for name, table in TABLES.items() if listed(text, table))


@pytest.mark.parametrize("module", [module for module in MODULES if not module.startswith(ROOM)])
def test_no_other_room_keeps_words_of_english(module):
    """A second table drifts from the first: import it from the room."""
    found = set(breaches(tree_of(module)))
    assert {(line, name) for line, name in found if (module, name) not in ALLOWED} == set()


def test_what_is_allowed_is_still_there():
    """An exception that nobody needs any more goes."""
    for module, name in ALLOWED:
        assert name in {found for _, found in breaches(tree_of(module))}, (module, name)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("MONTH = re.compile(r'(?:January|Feb)\\b')", "months"),
        ("if name in {'june', 'x'}: pass", "months"),
        ("COUNT = 'two three'", "numerals"),
        ("COUNT = r'\\d+|\\b(?:two|twenty)\\b'", "numerals"),
        ("COUNT = {'two': 2, 'three': 3}", "numerals"),
        ("NOT = frozenset({'not', 'never'})", "negations"),
        ("NOT = re.compile(rf'{x}|(?:nobody|nothing)')", "negations"),
        ("NAME = r'(?:(?:van|von|de) )?'", "particles of names"),
        ("low in ('della', 'dos')", "particles of names"),
        ("SAID = 'said|told'", "verbs of saying"),
        ("SAID = ['wrote', 'added']", "verbs of saying"),
        ("def f():\n    'Say it.'\n    return word_set('say tell')", "verbs of saying"),
    ],
)
def test_a_planted_table_is_found(code, name):
    """In a set, a tuple, a dictionary's keys, a regular expression or a list of words."""
    assert name in {found for _, found in breaches(ast.parse(code))}


@pytest.mark.parametrize(
    "code",
    [
        "def f():\n    'Of January, not never, two three, said told.'",
        "raise ValueError('A reader told us, and nothing is said of it.')",
        "MAY = 'It may march on.'",
        "ONE = 'one of two'",
        "SAID = 'said|says'",
        "NO = 'do not go without it'",
        "NAME = 'la'",
    ],
)
def test_prose_and_single_words_pass(code):
    """A docstring, a message or one word is no table."""
    assert list(breaches(ast.parse(code))) == []
