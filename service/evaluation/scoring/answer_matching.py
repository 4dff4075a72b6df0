"""Whether a quote is right, whether a text holds an answer, and how nearly words are the answer."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable
from functools import lru_cache

_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00ad": None})
# Scripts that put no space between words: there, an answer may begin and end anywhere.
_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_NO_WORD = rf"(?:[^\w]|[{_UNSPACED}])"


def is_right(quote: str, article_ids: Iterable[str], *, words: Collection[str], gold_articles: Collection[str]) -> bool:
    """Return whether a quote of these articles holds gold words or, where none are known, is of a gold article."""
    return holds(quote, words) if words else any(article in gold_articles for article in article_ids)


def holds(text: str, answers: Iterable[str]) -> bool:
    """Return whether one of the answers stands in the text, as whole words.

    Case, width, white space and the shape of quotation marks, apostrophes and dashes do not count.
    """
    plain = _plain(text)
    return any(pattern.search(plain) for pattern in map(_pattern, answers) if pattern)


def token_f1(found: str, answers: Iterable[str]) -> float:
    """Return the best F1 of the words found against an answer, as SQuAD counts it (Rajpurkar et al. 2016).

    Words without case, punctuation and articles, each as often as it occurs.
    """
    words = _bare(found)
    return max((_overlap(words, _bare(answer)) for answer in answers), default=0.0)


def _overlap(words: list[str], wanted: list[str]) -> float:
    if not words or not wanted:
        return float(words == wanted)
    same = sum((Counter(words) & Counter(wanted)).values())
    return 2 * same / (len(words) + len(wanted))


def _bare(text: str) -> list[str]:
    kept = "".join(c for c in text.lower() if not unicodedata.category(c).startswith(("P", "S")))
    return [word for word in kept.split() if word not in {"a", "an", "the"}]


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).translate(_QUOTES).casefold().split())


@lru_cache(maxsize=4096)
def _pattern(answer: str) -> re.Pattern[str] | None:
    plain = _plain(answer)
    if not plain:
        return None
    before = rf"(?:^|(?<={_NO_WORD}))" if re.match(rf"[^\W{_UNSPACED}]", plain) else ""
    after = rf"(?={_NO_WORD}|$)" if re.search(rf"[^\W{_UNSPACED}]$", plain) else ""
    return re.compile(before + re.escape(plain) + after)
