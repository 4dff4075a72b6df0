"""Questions and their answers, made into statements: right ones, and ones with another answer in the place.

A question's words are not an article's words, so a statement is borne out without being repeated.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.quality.claims.stories import Story
from bench.quality.claims.word_tables import DONE, MONTHS, PAST, past_of, third_of
from onrecord.service.evaluation.datasets.json_files import parse, read_text

_AUXILIARIES = "did|do|does|is|are|was|were|can|could|will|would|has|have|had"
_BE = ("is", "are", "was", "were")
_WHO = re.compile(
    r"^(?:Who|What|Which(?: [\w’'-]+){1,3}?|What (?:kind|type|sort) of [\w’'-]+|How many [\w’'-]+) (?P<rest>.+)$",
    re.IGNORECASE,
)
_SUBJECT_VERB = re.compile(
    r"(?!(?:did|do|does|is|are|was|were|can|could|will|would|should|has|have|had|its|his|this|as|us|types|"
    r"kinds|ways)\b)"
    r"(?:[a-z]+ed|[a-z]+[^s\W]s|" + "|".join(sorted(PAST.values())) + r")\b"
)
_AUX = re.compile(
    r"^(?P<head>.*?)\b(?P<aux>did|does|do|is|are|was|were|can|could|will|would|should|must|has|have|had) (?P<rest>.+)$",
    re.IGNORECASE,
)
_HELP = re.compile(r"\b(?:did|do|does)\b")


def statements(
    file: Path, stories: Sequence[Story], *, seed: int, sizes: Sequence[int]
) -> Iterator[tuple[str, str, str, tuple[tuple[int, int], ...]]]:
    """Yield statement, evidence, title, and where the statement is wrong: nowhere, for every second one.

    SQuAD 2.0's answers that look right to a question without one make wrong statements as well.
    """
    chance = random.Random(seed)
    topics: dict[str, list[Story]] = defaultdict(list)
    for story in stories:
        topics[story.title].append(story)
    for topic in parse(read_text(file), str(file))["data"]:
        title = topic["title"].replace("_", " ")
        if title not in topics:
            continue
        by_kind: dict[str, list[str]] = defaultdict(list)
        for paragraph in topic["paragraphs"]:
            for entry in paragraph["qas"]:
                by_kind[kind_of(entry["question"])] += [a["text"] for a in entry["answers"][:1]]
        for paragraph in topic["paragraphs"]:
            context = " ".join(paragraph["context"].split())
            for entry in paragraph["qas"]:
                yield from _both(entry, context, topics[title], title, by_kind, chance, sizes)


def kind_of(question: str) -> str:
    """Return what a question asks for: its first two words, or one if they are who, when or where."""
    words = question.lower().split()
    return " ".join(words[: 1 if words and words[0] in ("who", "when", "where", "why") else 2])


def _both(
    entry: Any, context: str, stories: Sequence[Story], title: str, by_kind: dict[str, list[str]],
    chance: random.Random, sizes: Sequence[int],
) -> Iterator[tuple[str, str, str, tuple[tuple[int, int], ...]]]:  # fmt: skip
    question = entry["question"].strip()
    answers = [a["text"] for a in entry["answers"] if a["text"] and len(a["text"].split()) <= 12]
    looks = [a["text"] for a in entry.get("plausible_answers", ()) if a["text"]] if entry.get("is_impossible") else []
    if not answers and not looks:
        return
    answer = min(answers or looks, key=len)
    made = statement(question, answer)
    if made is None:
        return
    evidence = _around(answer, context, stories, chance, chance.choice(sizes))
    if evidence is None:
        return
    text, start, end = made
    if looks:
        yield text, evidence, title, ((0, len(text)),)
        return
    yield text, evidence, title, ()
    said = " ".join(answers).lower()
    others = [o for o in by_kind[kind_of(question)] if _other(o, said, text)]
    near = [o for o in others if o in evidence]
    if others:
        other = chance.choice(near) if near and chance.random() < 0.6 else chance.choice(others)
        if (wrong := statement(question, other)) is not None:
            yield wrong[0], evidence, title, ((wrong[1], wrong[2]),)


def _other(answer: str, said: str, text: str) -> bool:
    low = answer.lower()
    words = {w for w in re.findall(r"\w+", low) if len(w) > 2 or w.isdigit()}
    return bool(words) and len(low.split()) <= 12 and not any(w in said or w in text.lower() for w in words)


def _around(answer: str, context: str, stories: Sequence[Story], chance: random.Random, size: int) -> str | None:
    """Return a window of the article around the sentence of this context that holds the answer."""
    plain = " ".join(answer.split())
    for story in stories:
        for position, sentence in enumerate(story.sentences):
            if plain in sentence and sentence in context:
                first, last = story.window(position, size=size, chance=chance)
                return story.words(first, last)
    return None


def statement(question: str, answer: str) -> tuple[str, int, int] | None:
    """Return the statement that the answer makes of the question, and where in it the answer stands."""
    question = re.sub(r"[?.! ]+\Z", "", " ".join(question.split()))
    answer = re.sub(r"[.,; ]+\Z", "", " ".join(answer.split()))
    question = re.sub(r"^(?:And|But|So),? ", "", question)
    if not question or not answer:
        return None
    words = question.split(" ")
    first = words[0].lower()
    preposition = ""
    if first in ("in", "on", "at", "by", "for", "from", "to", "with", "of", "during", "after") and len(words) > 2:
        preposition, words = first + " ", words[1:]
        first = words[0].lower()
    if first not in ("who", "what", "which", "when", "where", "how", "whose"):
        return None
    rest = " ".join(words)
    match = _WHO.match(rest)
    noun = ""
    if m := re.match(
        r"(?:what|which) ((?:kind|type|sort) of [\w’'-]+|[\w’'-]+(?: [\w’'-]+){0,2}?) "
        rf"(?=(?:{_AUXILIARIES}|[a-z]+ed)\b)",
        rest,
        re.IGNORECASE,
    ):
        noun = m[1] if m[1].lower() not in ("is", "are", "was", "were") else ""
    if match and not preposition and first != "how" and _SUBJECT_VERB.match(match["rest"]) and not _HELP.search(rest):
        return _joined("", answer, match["rest"])
    many = re.match(
        r"how many (?P<what>[\w’'-]+(?: [\w’'-]+){0,3}?) "
        rf"(?P<aux>{_AUXILIARIES})\b (?P<rest>.+)",
        rest,
        re.IGNORECASE,
    )
    if many:
        counted = answer if many["what"].split()[-1] in answer else f"{answer} {many['what']}"
        if many["aux"].lower() in _BE and re.match(r"(?:there|in|on|at|\w+ed)\b", many["rest"]):
            tail = re.sub(r"^there ?", "", many["rest"])
            return _joined(
                "There " + many["aux"].lower() + " " if many["rest"].startswith("there") else "",
                counted,
                tail if many["rest"].startswith("there") else f"{many['aux'].lower()} {tail}",
            )
        return _placed("", many["aux"].lower(), many["rest"], counted)
    found = _AUX.match(rest)
    if not found:
        return None
    head, aux, rest = found["head"].strip().lower(), found["aux"].lower(), found["rest"]
    if first in ("who", "what", "which", "whose") and aux in _BE and not preposition:
        if re.match(r"(?:\w+ed|" + "|".join(DONE) + r"|the name|called|in|on)\b", rest) and not rest.startswith("the"):
            return _joined("", answer, f"{aux} {rest}")
        return _placed("", aux, rest, answer)
    if first == "when":
        answer_at = (
            answer
            if re.match(r"(?:in|on|at|during|after|before|since|by|around|when|as|until|from)\b", answer, re.IGNORECASE)
            else ("on " if re.match(r"(?:" + "|".join(MONTHS) + r") \d", answer) else "in ") + answer
        )
    elif first == "where" and not re.match(
        r"(?:in|on|at|near|from|to|along|around|within|outside|under|by)\b", answer, re.IGNORECASE
    ):
        answer_at = "in " + answer
    elif preposition:
        answer_at = preposition + answer
    elif first == "how" and not re.match(r"how (?:long|much|old|far|large|big|tall|high|often|fast)", head):
        answer_at = answer if answer.lower().startswith(("by", "through", "with", "in", "as")) else "by " + answer
    else:
        answer_at = answer
    if noun and not preposition and noun.split(" ")[-1].lower() not in ("name", "word", "term"):
        answer_at = answer
    return _placed("", aux, rest, answer_at)


def _placed(start: str, aux: str, rest: str, answer: str) -> tuple[str, int, int] | None:
    """Put the auxiliary behind the subject, and the answer at the end: "did X leave Y" with "in 1990"."""
    words = rest.split(" ")
    at = _verb_at(words, aux)
    if at is None:
        # "What is the capital of X": the answer says what the subject is.
        if aux in _BE:
            return _joined(f"{start}{rest} {aux} ", answer, "")
        return None
    subject, verb, tail = " ".join(words[:at]), words[at], " ".join(words[at + 1 :])
    if aux == "did":
        verb = past_of(verb)
    elif aux == "does":
        verb = third_of(verb)
    elif aux != "do":
        verb = f"{aux} {verb}"
    return _joined(f"{start}{subject} {verb} {tail}".rstrip() + " ", answer, "")


_VERBS = frozenset(PAST) | frozenset(
    """accept achieve adopt affect allow appear apply arrive ask attack attempt attend become believe belong call cause
    change claim close compete complete consider consist contain contribute control create decide declare define
    depend describe design destroy determine develop die differ discover divide elect emerge employ enable end enter
    establish evolve exist expand experience express extend fail finish follow form found gain happen help host
    identify improve include increase influence inspire introduce invade invent join kill lack last launch learn live
    locate look marry measure merge migrate move name need occur offer open operate oppose organize originate own
    pass perform permit play prefer prevent produce promote propose protect prove provide publish reach receive
    recognize record refer reject relate release remain remove replace represent require resign result retire return
    rule serve settle share sign start stay stop study succeed suffer suggest support surrender survive talk travel
    try turn use visit vote want work""".split()  # noqa: SIM905 - a list of quoted words cannot be read
)
_DONE = re.compile(r"[a-z]+(?:ed|ing)\Z")


def _verb_at(words: Sequence[str], aux: str) -> int | None:
    for i, word in enumerate(words[:14]):
        if i == 0:
            continue
        if aux in _BE or aux in ("has", "have", "had"):
            if (_DONE.match(word) or word in DONE) and words[i - 1].lower() not in ("the", "a", "an", "of"):
                return i
        elif word in _VERBS and words[i - 1].lower() not in ("the", "a", "an", "of", "to", "its", "his", "their"):
            return i
    return None


def _joined(before: str, answer: str, after: str) -> tuple[str, int, int] | None:
    text = f"{before}{answer} {after}".rstrip()
    if len(text.split()) < 4:
        return None
    text = text[:1].upper() + text[1:] + "."
    return text, len(before), len(before) + len(answer)
