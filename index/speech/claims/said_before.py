"""Search for words before their cue, as in “…,” Rubio said, or "The talks failed, police said"."""

from onrecord.index.speech.claims.cued_sentence import MAX_ITEMS, SUBJECTS, Sentence
from onrecord.index.speech.grammar.cue_finder import CuedVerb
from onrecord.index.speech.grammar.noun_phrases import Range
from onrecord.index.text.english.calendar import TIMES
from onrecord.index.text.english.function_words import FINITE, PREPOSITIONS
from onrecord.index.text.english.sayings import ADDRESSEES, Group
from onrecord.index.text.english.word_sets import word_set

_ADJUNCT = word_set("as when while of last this earlier later recently late early through again here there")


def said_before(sentence: Sentence, order: int, cued: CuedVerb) -> Range | None:
    """Return the words before the cue; if the attribution stands between commas, all words of the sentence."""
    if cued.verb.group not in (Group.SAY, Group.TELL, Group.THINK, Group.SHOW) or cued.subject is None:
        return None
    if cued.infinitive or (cued.inherited and not cued.inverted):
        return None
    edge = cued.cue[0] if cued.inverted else cued.subject[0]
    end = edge
    if end and sentence.items[end - 1].low in ("as", "so"):
        end -= 1
    if end == 0:
        return None
    before = sentence.items[end - 1]
    if before.text in (",", "—", "–", "--", "-"):
        end -= 1
        before = sentence.items[end - 1] if end else before
    elif before.quoted is None and before.low != "and":
        return None
    if end == 0:
        return None
    after = cued.subject[1] if cued.inverted else _bare(sentence, cued.cue[1], cued)
    following = sentence.items[after : after + 2]
    quote_follows = len(following) == 2 and following[0].text == "," and following[1].quoted is not None
    if quote_follows and before.quoted is None and not sentence.inner(after + 1)[:1].islower():
        # In "On trade, Rubio added, “We …”" the words before the cue are no statement.
        return None
    if before.quoted is None or before.low == "and":
        named = _named_quote(sentence, end)
        if named is not None:
            return named
    if before.quoted is not None:
        whole = sentence.quote_stretch(end)
        if cued.inverted or sentence.ends_softly(before) or _only_adjunct(sentence, after) or edge == end:
            return whole
    if cued.verb.group is Group.SHOW:
        return None
    if not _only_adjunct(sentence, after):
        return None
    start = sentence.clause_start(end)
    if _interrupts(sentence, end, after):
        stop = sentence.content_end(after + 1, min(len(sentence.items), after + MAX_ITEMS))
        # In "…, he said, adding …" the next cue shares the subject and takes the words that follow.
        shared = any(h.inherited and h.begins <= after + 1 for h in sentence.cued_verbs[order + 1 : order + 2])
        if stop - after > 2 and stop - start <= MAX_ITEMS and not shared:
            return start, stop
    if end - start < 3 or sentence.items[start].low in (*PREPOSITIONS, "when", "while", "as") and end - start < 5:
        return None
    if end - start > MAX_ITEMS:
        return None
    if order and any(
        h.cue[1] > start and h.begins < end and h.subject == cued.subject for h in sentence.cued_verbs[:order]
    ):
        return None
    return start, end


def _interrupts(sentence: Sentence, end: int, after: int) -> bool:
    """Say whether an attribution interrupts the words that it attributes: "The talks, Rubio said, would …"."""
    items = sentence.items
    return end < len(items) and items[end].text == "," and after < len(items) and items[after].text == ","


def _named_quote(sentence: Sentence, end: int) -> Range | None:
    """Return the quote before a description of the speaker, as in “…,” another friend, Anna Kovach, said; or None."""
    for n in range(end - 1, max(0, end - 9) - 1, -1):
        item = sentence.items[n]
        if item.quoted is not None:
            return sentence.quote_stretch(n + 1) if n < end - 1 and sentence.ends_softly(item) else None
        if not item.word and item.text not in ("’s", "'s"):
            return None
    return None


def _bare(sentence: Sentence, at: int, cued: CuedVerb) -> int:
    """Return the place behind the person addressed, as in "told reporters, “we agree”"."""
    if cued.verb.group is Group.TELL:
        for n in range(at, min(at + 5, len(sentence.items))):
            if sentence.items[n].text == ",":
                return n
            if not sentence.items[n].word:
                break
    return at


def _only_adjunct(sentence: Sentence, at: int) -> bool:
    """Say whether from item `at` on there is only an adjunct such as "on Monday" or "in a statement"."""
    items = sentence.items
    if at >= len(items) or items[at].text in (".", ",", "?", "!", ";", "—", "–", "--", ")"):
        return True
    if items[at].quoted is not None or items[at].text == ":":
        return False
    first = items[at].low
    if not (first in PREPOSITIONS or first in TIMES or first in ADDRESSEES or first in _ADJUNCT):
        return False
    for n in range(at, min(len(items), at + 25)):
        if items[n].text in (",", ".", "—", ";", "–"):
            return True
        if items[n].low in ("that",) or items[n].quoted is not None:
            return False
        if n > at and first not in ("as", "when", "while") and (items[n].low in FINITE or items[n].low in SUBJECTS):
            return False
    return True
