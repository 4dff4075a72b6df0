"""A sentence with its cues, and tests of its quotes and clauses."""

from onrecord.index.speech.grammar.cue_finder import find_cued_verbs
from onrecord.index.speech.grammar.datelines import dateline_end
from onrecord.index.speech.grammar.noun_phrases import Range
from onrecord.index.speech.grammar.tokens import Clause, Item
from onrecord.index.text.english.function_words import FINITE
from onrecord.index.text.english.sayings import ADDED_IN_PASSING
from onrecord.index.text.english.word_sets import word_set
from onrecord.index.values import Span

MAX_ITEMS = 120
"""Items in a statement without quotation marks; the limit also bounds the work on text without full stops."""

SUBJECTS = word_set("he she they we i it there")
ASIDE = word_set("while although though whereas")
_AFTER_COMMA = ASIDE | ADDED_IN_PASSING | word_set("but which who as with even")


class Sentence:
    """A sentence with the cues among its items; positions are item numbers."""

    def __init__(self, text: str, clause: Clause, number: int, *, is_block: bool = False) -> None:
        """Take the sentence number `number` of an article; `is_block` is true if it is a whole block."""
        self.text = text
        self.clause = clause
        self.items = clause.items
        self.number = number
        self.is_block = is_block
        self.cued_verbs = find_cued_verbs(clause)

    def inner(self, n: int) -> str:
        """Return the words inside the marks of a quote."""
        quoted = self.items[n].quoted
        return quoted.inner.of(self.text) if quoted is not None else ""

    def ends_softly(self, item: Item) -> bool:
        """Say whether a quote ends with a mark that lets its attribution follow: a comma, a question mark, a dash."""
        tail = self.text[max(item.start, item.end - 5) : item.end].rstrip("\"'”’» ")
        return tail.endswith((",", "?", "!", "—", "–", "-", "…"))

    def whole(self, n: int) -> bool:
        """Say whether a quote is a statement of its own and not a part of the sentence around it."""
        item = self.items[n]
        quoted = item.quoted
        if quoted is None:
            return False
        inner = quoted.inner.of(self.text)
        return inner[:1].isupper() and (self.ends_softly(item) or inner.rstrip().endswith((".", ",")))

    def long(self, item: Item) -> bool:
        """Say whether a quote is longer than a few words."""
        return item.quoted is not None and len(item.quoted.inner) > 40

    def quote_in(self, start: int, end: int) -> bool:
        """Say whether a quote stands between two items."""
        return any(self.items[n].quoted is not None for n in range(start, min(end, len(self.items))))

    def finite_between(self, start: int, end: int) -> bool:
        """Say whether a finite verb or a pronoun stands between two items, so that the words are a clause."""
        return any(self.items[n].low in FINITE or self.items[n].low in SUBJECTS for n in range(start, end))

    def quote_stretch(self, end: int) -> Range:
        """Return the quotes that end at item `end`, or the clause that the last of them closes."""
        start = end - 1
        while start > 0 and self.items[start - 1].quoted is not None:
            start -= 1
        opened = start == 0 or self.items[start - 1].text in (",", ":", ";", "—", "–", "--", ".", ")", "“”")
        if opened and not (start and self.inner(start)[:1].islower() and self.items[start - 1].text == ","):
            return start, end
        first = self.clause_start(end)
        return (first, end) if end - first <= MAX_ITEMS else (start, end)

    def clause_start(self, end: int) -> int:
        """Return the start of the words before item `end`: the start of the sentence behind its dateline and "but"."""
        start = dateline_end(self.items[:end])
        return start + (end - start > 4 and self.items[start].low in ("but", "and", "yet", "so"))

    def content_end(self, start: int, limit: int) -> int:
        """Return the end of the words that begin at `start`; it is `limit` at most."""
        items = self.items
        end = limit
        for n in range(start, limit):
            item = items[n]
            if item.low == "according" and n + 1 < limit and items[n + 1].low == "to" and n > start:
                end = n
                break
            if item.text == "," and n + 1 < limit and items[n + 1].low in ASIDE and n - start >= 2:
                end = n
                break
            if item.quoted is not None and n == start and (self.whole(n) or self.ends_softly(item)):
                # In "said “there’s still work,” noting …" the words end with the quote that a comma closes.
                while n + 1 < limit and items[n + 1].quoted is not None:
                    n += 1
                end = n + 1
                break
            if item.quoted is not None and n > start and self.ends_softly(item) and n + 1 < limit:
                following = items[n + 1]
                listed = following.quoted is not None or (
                    n + 2 < limit and following.low in ("and", "or") and items[n + 2].quoted is not None
                )
                if not listed and following.low in _AFTER_COMMA and self.inner(n).rstrip().endswith(","):
                    end = n + 1
                    break
            if item.text == ";" and n > start + 2:
                end = n
                break
            if item.text == ")" and not any(items[m].text == "(" for m in range(start, n)):
                end = n
                break
        while end > start and (
            items[end - 1].text in (",", ".", "—", "–", "-", "--", "!", "?", ";", ":", ")", "…")
            or items[end - 1].low in ("and", "but")
        ):
            if items[end - 1].text == ")" and any(items[n].text == "(" for n in range(start, end - 1)):
                break
            end -= 1
        return end

    def span(self, part: Range) -> Span:
        """Return the place of a range of items in the text."""
        return Span(self.items[part[0]].start, self.items[part[1] - 1].end)
