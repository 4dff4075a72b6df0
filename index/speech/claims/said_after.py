"""Search for words behind their cue, as in "Rubio said that …" and "told reporters: “…”"."""

from onrecord.index.speech.claims.cued_sentence import MAX_ITEMS, SUBJECTS, Sentence
from onrecord.index.speech.grammar.cue_finder import CuedVerb
from onrecord.index.speech.grammar.noun_phrases import Range
from onrecord.index.text.english.calendar import TIMES
from onrecord.index.text.english.function_words import PREPOSITIONS
from onrecord.index.text.english.sayings import ADDRESSEES, ADDRESSING, STANDS, Group
from onrecord.index.text.english.word_sets import word_set

_DETERMINERS = word_set("the a an this these his her their its our my some many most several no")
CLAUSE_LINKS = word_set("that whether if how why what who when where")


def said_after(sentence: Sentence, order: int, cued: CuedVerb) -> Range | None:
    """Return the words that the cue introduces, if they stand behind it."""
    items = sentence.items
    at = cued.cue[1]
    if cued.inverted and cued.subject is not None:
        at = cued.subject[1]
    if at >= len(items):
        return None
    limit = _limit(sentence, order, cued)
    start = _content_start(sentence, cued, at, limit)
    if start is None or start >= limit:
        return None
    end = sentence.content_end(start, limit)
    if end <= start:
        return None
    return start, end


def resumed(sentence: Sentence, cued: CuedVerb) -> Range | None:
    """Return the quote that continues behind its attribution: “Obviously,” Rubio said, “land …”."""
    items = sentence.items
    at = cued.subject[1] if cued.inverted and cued.subject else cued.cue[1]
    for n in range(at, min(len(items), at + 30)):
        if items[n].quoted is not None:
            if any(h is not cued and at <= h.cue[0] < n and not h.inherited for h in sentence.cued_verbs):
                return None
            goes_on = items[n - 1].text in (",", ":", ";", "—", "–", "--") or n == at or sentence.long(items[n])
            return (n, n + 1) if goes_on else None
    return None


def _limit(sentence: Sentence, order: int, cued: CuedVerb) -> int:
    for later in sentence.cued_verbs[order + 1 :]:
        if later.begins <= cued.cue[1]:
            continue
        weak = later.verb.group in (Group.SHOW, Group.THINK) or (
            later.verb.group is Group.ACT and later.verb.lemma not in STANDS and later.verb.lemma != "cite"
        )
        if weak and not sentence.quote_in(later.cue[1], later.cue[1] + 1):
            continue
        lead = sentence.items[later.begins]
        if later.inherited or lead.text in (",", ";", "—", "–", "--") or lead.low in ("and", "but", "while"):
            if later.infinitive:
                continue
            return later.begins
    return min(len(sentence.items), cued.cue[1] + MAX_ITEMS)


def _content_start(sentence: Sentence, cued: CuedVerb, at: int, limit: int) -> int | None:
    items = sentence.items
    group = cued.verb.group
    first = items[at]
    if first.quoted is not None:
        return at
    if first.text == "," and at + 1 < limit and items[at + 1].quoted is not None:
        return at + 1
    if first.text == ":":
        return at + 1 if at + 1 < limit else None
    if first.low == "that":
        return at + 1
    link = _link(sentence, at, limit)
    if cued.verb.lemma in ADDRESSING and group is not Group.ACT:
        return link if link is not None else _past_addressee(sentence, at, limit)
    if group in (Group.SAY, Group.THINK, Group.SHOW):
        adjunct = (
            first.low in PREPOSITIONS
            or first.low in TIMES
            or first.low
            in ("of", "last", "this", "as", "when", "earlier", "later", "recently", "aloud", "simply", "back")
            or first.text == ","
        )
        if adjunct:
            if link is not None:
                return link
            if first.low == "to" and cued.verb.group is not Group.SHOW and cued.verb.lemma != "say":
                return at
            if group is Group.SAY and first.low in TIMES | {"last", "on", "earlier"}:
                return _after_time(sentence, at, limit)
            if group is Group.SAY and first.low in ("of", "about", "in", "against", "to", "as", "with", "at"):
                return at if cued.verb.lemma != "say" or sentence.quote_in(at, limit) else None
            return at if sentence.quote_in(at, limit) and first.text != "," else None
        if group is Group.SHOW:
            return at if sentence.quote_in(at, limit) else None
        if first.text in (".", ";", "—", "–", ")", "--"):
            return None
        if link is not None and items[link - 1].low == "that" and not sentence.finite_between(at, link):
            return link
        return at
    if first.text in (",", ".", ";", "—", "–", ")", "--"):
        return None
    return at


def _link(sentence: Sentence, at: int, limit: int) -> int | None:
    """Return the start of the words behind an adjunct such as "in a statement that" or "to reporters:", or None."""
    items = sentence.items
    aside = items[at].low in PREPOSITIONS or items[at].low in TIMES
    for n in range(at, min(limit, at + 25 if aside else at + 18)):
        item = items[n]
        if item.low == "that" and n > at:
            return n + 1
        if item.text == ":":
            return n + 1
        if item.quoted is not None:
            return n if n == at or items[n - 1].text in (",", ":") or sentence.whole(n) else None
        if item.text in (";", ".", "—", "–"):
            return None
        goes_on = n + 1 < limit and (items[n + 1].quoted is not None or items[n + 1].low == "that")
        if item.text == "," and n > at and not aside and not goes_on:
            return None
    return None


def _past_addressee(sentence: Sentence, at: int, limit: int) -> int | None:
    items = sentence.items
    n = at
    if items[n].low in ADDRESSEES:
        n += 1
    else:
        while n < limit and n - at < 12:
            low = items[n].low
            if n > at and (low in SUBJECTS or low in CLAUSE_LINKS or low in ("to", "of", "about")):
                break
            if n > at and low in _DETERMINERS and items[n - 1].low not in PREPOSITIONS and items[n - 1].low != "of":
                break
            if items[n].quoted is not None or items[n].text in (",", ":", ".", ";"):
                break
            if (
                n > at
                and items[n].capital
                and not items[n - 1].capital
                and items[n - 1].low not in _DETERMINERS | PREPOSITIONS
            ):
                break
            n += 1
    if n < limit and items[n].low in TIMES | {"on", "in", "during", "at", "last", "earlier"}:
        later = _after_time(sentence, n, limit)
        if later is not None:
            n = later
    if n < limit and items[n].text in (",", ":") and n + 1 < limit and items[n + 1].quoted is not None:
        n += 1
    if n < limit and items[n].low == "that":
        n += 1
    if n >= limit or items[n].text in (",", ".", ";"):
        return None
    return n


def _after_time(sentence: Sentence, at: int, limit: int) -> int | None:
    """Return the start of the words behind a time such as "on Monday" or "last week in an interview", or None."""
    items = sentence.items
    n = at
    while n < limit and (
        items[n].low in TIMES or items[n].low in ("on", "last", "this", "earlier", "next", "late", "early")
    ):
        n += 1
    if n == at or n >= limit:
        return None
    if items[n].text in (",", ".", ";", "—", "–", ")"):
        return None
    if items[n].low in PREPOSITIONS:
        for m in range(n + 1, min(limit, n + 14)):
            if items[m].text in (",", ".", ";", "—") or items[m].quoted is not None:
                return None
            if items[m].low in SUBJECTS or items[m].low == "that":
                return m + (items[m].low == "that")
        return None
    return n
