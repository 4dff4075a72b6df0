"""Read the templates from the folder `prompts/` and check them."""

import hashlib
from dataclasses import dataclass
from importlib import resources
from string import Formatter

from onrecord.index.errors import OnRecordError

_PLACEHOLDERS = {
    "quote": frozenset({"quote", "source", "number"}),
    "abstained": frozenset[str](),
    "empty": frozenset[str](),
    "abstained_filtered": frozenset({"question"}),
    "not_on_record": frozenset({"speaker"}),
    "not_on_record_filtered": frozenset({"speaker"}),
    "copies": frozenset({"count"}),
    "corrected": frozenset({"count"}),
    "part_abstained": frozenset({"question"}),
    "differ": frozenset({"sources"}),
    "system": frozenset({"fence"}),
    "passage": frozenset({"key", "fence", "source", "text"}),
    "ask": frozenset({"passages", "question"}),
    "follow_up": frozenset({"conversation", "question"}),
}
"""The names of all templates, each with the placeholders that it must have."""

_FOR_MODEL = frozenset({"system", "passage", "ask", "follow_up"})
"""The templates that a language model reads, in a folder of their own."""


class InvalidPrompt(OnRecordError):
    """An error that says which templates are missing, and which have the wrong placeholders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompts:
    """The texts of the templates, checked."""

    quote: str
    abstained: str
    """The line for a question that the archive does not answer."""
    empty: str
    """The line for a question to an archive that holds no article."""
    abstained_filtered: str
    """The line for a question, or a part of one, that the articles that filters chose do not answer."""
    not_on_record: str
    """The line for a speaker of whom the archive has no such words."""
    not_on_record_filtered: str
    """The same for the articles that filters chose."""
    copies: str
    corrected: str
    part_abstained: str
    """The line for a part of a question that the archive does not answer."""
    differ: str
    system: str
    passage: str
    ask: str
    follow_up: str

    @property
    def version(self) -> str:
        """A hash, 12 hexadecimal digits, of the templates that a language model reads."""
        read = "\0".join((self.system, self.passage, self.ask, self.follow_up))
        return hashlib.sha256(read.encode()).hexdigest()[:12]


def load_prompts() -> Prompts:
    """Return every template; raise `InvalidPrompt`, which names all faults at once, if one is missing or wrong."""
    found: dict[str, str] = {}
    wrong: list[str] = []
    for name, wanted in _PLACEHOLDERS.items():
        place = f"model/{name}.txt" if name in _FOR_MODEL else f"{name}.txt"
        file = resources.files("onrecord.prompts").joinpath(place)
        if not file.is_file():
            wrong.append(f"prompts/{place} is missing")
            continue
        found[name] = file.read_text(encoding="utf-8").strip()
        wrong += check_placeholders(f"prompts/{place}", found[name], wanted)
    if wrong:
        raise InvalidPrompt("; ".join(wrong) + ".")
    return Prompts(**found)


def check_placeholders(name: str, template: str, wanted: frozenset[str]) -> list[str]:
    """Return a clause for each fault in the placeholders of the template `name`; none if they are the `wanted` ones."""
    try:
        there = {field for _, field, _, _ in Formatter().parse(template) if field is not None}
    except ValueError as error:
        return [f"{name}: {error}"]
    return [f"{name} lacks {{{field}}}" for field in sorted(wanted - there)] + [
        f"{name} has the unknown placeholder {{{field}}}" for field in sorted(there - wanted)
    ]
