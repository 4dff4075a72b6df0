"""Whether a page is an article: what is none, such as a home page or a consent wall, is refused with the reason."""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from onrecord.index.articles.html.metadata import Declared
from onrecord.index.articles.html.visible_text import VisibleBlock
from onrecord.index.errors import InvalidArticle

_MIN_WORDS: Final = 80
"""Words outside links of a page that does not say that it is an article."""
_MIN_DECLARED_WORDS: Final = 8
"""Words outside links of a page that says so."""
_PROSE_WORDS: Final = 20
"""Words of a paragraph; a teaser has fewer."""
_MIN_PROSE: Final = 0.5
"""Share of the words that must be in paragraphs."""
_MAX_ERROR_WORDS: Final = 150
"""Words of a page that says what went wrong."""
_MAX_CONSENT: Final = 0.03
"""Share of words about consent in an article."""

_WORD: Final = re.compile(r"[^\W_]+")
# Scripts without spaces have about two characters in a word.
_NO_SPACES: Final = re.compile(r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_ERROR: Final = re.compile(
    r"(?i)\b(?:(?:error )?40[0-9]\b(?!\.)|not found|page (?:is )?(?:unavailable|missing)|access denied|forbidden"
    r"|just a moment|are you (?:a robot|human)|captcha|service unavailable|bad gateway|too many requests"
    r"|seite (?:wurde )?nicht (?:gefunden|vorhanden)|page (?:introuvable|non trouvée)|página no (?:encontrada|existe)"
    r"|pagina non trovata|página não encontrada|pagina niet gevonden|sidan (?:kunde inte hittas|finns inte)"
    r"|siden (?:ble ikke funnet|findes ikke)|strona nie (?:została znaleziona|istnieje)|страница не найдена"
    r"|сторінку не знайдено|sayfa bulunamadı)\b|ページが見つかりません|页面不存在|찾을 수 없"
)
_CONSENT: Final = re.compile(
    r"(?i)\b(?:cookies?|consent\w*|tracking|trackers?|privacy|personali[sz]ed|opt[ -]out|einwillig\w*|zustimm\w*"
    r"|datenschutz\w*|werbung|consentement|confidentialité|traceurs|consentimiento|privacidad|consenso|toestemming"
    r"|samtyck\w*|samtykke|zgod[aęy]\w*|tcf|iab|gdpr|dsgvo)\b"
)


def check_article(declared: Declared, title: str | None, url: str | None, blocks: Sequence[VisibleBlock]) -> None:
    """Raise `InvalidArticle`, saying what the page is, if its chosen blocks are no article."""
    free = [_count_words(block.text) * (len(block.text) - block.linked) // len(block.text) for block in blocks]
    words = sum(free)
    if not words:
        raise _refused("shows no text of an article; a script may load it. Save the page from a browser.", "no text")
    if words < _MAX_ERROR_WORDS and title and _ERROR.search(title):
        raise _refused(f"says {title!r} and no news. Save the article itself.", "an error page")
    if not declared.is_article or words < _MIN_WORDS:
        about = sum(len(_CONSENT.findall(block.text)) for block in blocks)
        if about > max(3, _MAX_CONSENT * words):
            raise _refused("asks for consent to cookies and shows no article. Save it after that.", "a wall of consent")
    if not declared.is_article and url and urlsplit(url).path in {"", "/"} and not urlsplit(url).query:
        raise _refused("is the home page of a site. Add its articles one by one.", "a home page")
    if declared.is_article:
        if words < _MIN_DECLARED_WORDS:
            raise _refused(f"has {words} words outside links, too few for an article.", "too few words")
        return
    if words < _MIN_WORDS:
        raise _refused(
            f"has {words} words outside links and does not declare an article; {_MIN_WORDS} are needed. "
            "Save the article alone, or add its text.",
            "too few words",
        )
    prose = sum(count for count in free if count >= _PROSE_WORDS)
    if prose < _MIN_PROSE * words:
        raise _refused("is a list of links or teasers. Add its articles one by one.", "a list of links")


def _refused(message: str, reason: str) -> InvalidArticle:
    return InvalidArticle(f"the page {message}", reason=f"no article ({reason})")


def _count_words(text: str) -> int:
    single = len(_NO_SPACES.findall(text))
    return single // 2 + len(_WORD.findall(_NO_SPACES.sub(" ", text)))
