"""Templates from the folder `prompts/`, checked when they are read."""

import hashlib
from dataclasses import dataclass
from importlib import resources
from string import Formatter

from onrecord.index.errors import OnRecordError

_PLACEHOLDERS = {
    "quote": frozenset({"quote", "source", "number"}),
    "abstained": frozenset[str](),
    "not_on_record": frozenset({"speaker"}),
    "copies": frozenset({"count"}),
    "corrected": frozenset({"count"}),
    "part_abstained": frozenset({"question"}),
    "differ": frozenset({"sources"}),
    "system": frozenset({"fence"}),
    "passage": frozenset({"key", "fence", "source", "text"}),
    "ask": frozenset({"passages", "question"}),
    "follow_up": frozenset({"conversation", "question"}),
}
"""The templates there must be, and the placeholders each must have."""


class InvalidPrompt(OnRecordError):
    """A template is missing, or its placeholders are not the ones it is given values for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompts:
    """The checked templates."""

    quote: str
    abstained: str
    not_on_record: str
    copies: str
    corrected: str
    part_abstained: str
    differ: str
    system: str
    passage: str
    ask: str
    follow_up: str

    @property
    def version(self) -> str:
        """What a language model is given, as a hash: the same version, the same words."""
        read = "\0".join((self.system, self.passage, self.ask, self.follow_up))
        return hashlib.sha256(read.encode()).hexdigest()[:12]


def load_prompts() -> Prompts:
    """Read every template; raises `InvalidPrompt` naming all that is wrong at once."""
    found: dict[str, str] = {}
    wrong: list[str] = []
    for name, wanted in _PLACEHOLDERS.items():
        file = resources.files("onrecord.prompts").joinpath(f"{name}.txt")
        if not file.is_file():
            wrong.append(f"prompts/{name}.txt is missing")
            continue
        found[name] = file.read_text(encoding="utf-8").strip()
        wrong += check_placeholders(f"prompts/{name}.txt", found[name], wanted)
    if wrong:
        raise InvalidPrompt("; ".join(wrong) + ".")
    return Prompts(**found)


def check_placeholders(name: str, template: str, wanted: frozenset[str]) -> list[str]:
    """Return what is wrong with the template's placeholders, in words."""
    try:
        there = {field for _, field, _, _ in Formatter().parse(template) if field is not None}
    except ValueError as error:
        return [f"{name}: {error}"]
    return [f"{name} lacks {{{field}}}" for field in sorted(wanted - there)] + [
        f"{name} has the unknown placeholder {{{field}}}" for field in sorted(there - wanted)
    ]
