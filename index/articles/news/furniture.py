"""The furniture of a page: credits, buttons, links to other stories and notices, which are no part of the article.

A table of patterns describes it. Each pattern says where it must match and how long the block may be, because a lost
paragraph is worse than a kept credit; a block that no pattern matches is article text. All repeats are bounded, so the
time is linear.
"""

import re
from typing import Final

from onrecord.index.text.english.particles import ATTACHED, PARTICLE

# This matches one word of a person's name: Rafiyat, O’Brien, al-Rashid, J., Жанна.
_NAME_WORD: Final = rf"(?:{ATTACHED}?[^\W\d_a-zа-яіїєґё][\w’'-]{{0,24}}\.?)"
NAME: Final = rf"{_NAME_WORD}(?:[ \xa0](?:{PARTICLE}[ \xa0]){{0,2}}{_NAME_WORD}){{1,4}}"
"""A regular expression for a person's name of two to five words."""
NAMES: Final = rf"{NAME}(?:(?:,\s|\s&\s|,?\s(?:and|und|et|y|и|і|та)\s){NAME}){{0,6}}"
"""A regular expression for one to seven names."""

QUOTE_MARKS: Final = "\"“”„«»'‘’‚‹›「『"
"""Quotation marks; a block that opens with one holds somebody's words."""

_ALPHANUMERIC: Final = re.compile(r"[^\W_]")
_AGENCY: Final = (
    r"(?:Getty(?: Images)?|Reuters|REUTERS|AP(?: Photo)?|Associated Press|AFP|EPA(?:-EFE)?|EFE|Shutterstock|"
    r"Anadolu|AA|Alamy|iStock|"
    r"Unsplash|Bloomberg|Xinhua|TASS|Sputnik|PA|UPI|Zuma|ZUMA|NurPhoto|Wikimedia|Flickr|Handout|"
    r"[Ff]ile(?: [Pp]hoto)?|FILE|"
    r"[Pp]ool|POOL|[Ss]creen(?:shot|grab)|[Cc]ourtesy|[Ss]upplied|X|Twitter|Facebook|YouTube)"
)

# A line that is nothing but one of these names is a picture's credit.
_PICTURE_AGENCY: Final = (
    r"(?:Getty(?: Images)?|Reuters|REUTERS|AP(?: Photo)?|Associated Press|AFP|EPA(?:-EFE)?|Shutterstock|Anadolu|UPI|"
    r"Alamy|YouTube)"
)

_Pattern = tuple[re.Pattern[str], int]
"""A pattern and its bound: the most code points that a block may have to be matched."""


def _whole(bound: int, *alternatives: str) -> _Pattern:
    """Return a pattern for a whole block in any case, marks at its end aside, of at most `bound` code points."""
    return re.compile(rf"(?:{'|'.join(alternatives)})[\s.:;!…»›>→]{{0,4}}\Z", re.IGNORECASE), bound


def _start(bound: int, *alternatives: str) -> _Pattern:
    """Return a pattern for the beginning of a block in any case, of at most `bound` code points."""
    return re.compile(rf"(?:{'|'.join(alternatives)})", re.IGNORECASE), bound


def _exact(bound: int, *alternatives: str) -> _Pattern:
    """Return a pattern for a whole block, in which case counts, of at most `bound` code points."""
    return re.compile(rf"(?:{'|'.join(alternatives)})\Z", re.DOTALL), bound


_END: Final = _whole(
    30,
    r"reuters?(?:\s?(?:&#\d{1,3};|\d{1,2}|\^m))?\.{0,3}(?:\^m)?",
    r"\(?(?:the )?ends?\)?",
    r"end of (?:article|story|list|text)",
    r"-\s?30\s?-",
    r"#\s?#\s?#",
    r"\(?more\)?",
)
"""A pattern for the line that ends a story of a wire service or a content management system."""

_TABLE: Final[tuple[_Pattern, ...]] = (
    _END,
    # These are advertisements and notes on parts that a page loads later.
    _whole(
        80,
        r"advertise?ments?|ads?|sponsored(?: content)?|promoted(?: content)?|paid (?:content|post)|реклама|"
        r"anzeige|publicidad|publicité",
        r"loading|play video|live|video|watch|menu|search|close|next|previous|back to top|toggle \w{1,20}",
        r"(?:story|article|content|advertisement) continues (?:below|after).{0,40}|(?:scroll|"
        r"continue) (?:down )?(?:to|for|reading).{0,30}",
        r"skip (?:ad|to .{1,30})|list of \d+ items?|\d+ of \d+|(?:show|load|view|see) (?:more|less|"
        r"all)(?: \w{1,20})?",
    ),
    # These are buttons for sharing and saving.
    _whole(
        120,
        r"(?:(?:share|print|e-?mail|save|copy link|copy url|bookmark|listen|comments?|facebook|twitter|x|whatsapp|"
        r"telegram|linkedin|"
        r"reddit|pinterest|instagram|viber|messenger|tweet|pin|pin it|like|flipboard|youtube|rss|threads|"
        r"bluesky)(?:[\s|/·•,]+|(?=[.:!]|\Z))){1,20}",
        r"(?:share|tweet|print|e-?mail|bookmark|save) (?:this|on|via)\b(?: (?:article|story|post|page|news|"
        r"facebook|twitter|\w+))?.{0,30}",
        r"share and comment.{0,30}|click to share.{0,40}|share your thoughts.{0,40}|поделиться.{0,30}|"
        r"поширити.{0,30}",
    ),
    # These count comments and shares, or give a reading time or an age.
    _whole(
        80,
        r"\(?\d[\d,.]{0,9}k?\)? (?:comments?|shares?|views?|likes?|retweets?|replies)|(?:comments?|views?|"
        r"shares?)[\s:]{1,2}\(?\d[\d,.]{0,9}k?\)?",
        r"no comments?(?: yet)?|be the first to comment|(?:leave|post|add|write) a (?:comment|reply)",
        r"(?:view|read|join|show|see) (?:the |all )?(?:\d+ )?(?:comments|conversation|discussion)",
        r"(?:reading time:? )?\d+[ -]min(?:ute)?s?(?: read)?|listen \(\d+ mins?\)",
        r"(?:updated |posted |published )?(?:\d+|an?) (?:second|minute|min|hour|day|week|month|year)s? ago",
    ),
    # These ask for subscriptions, accounts and donations.
    _start(
        260,
        r"subscribe (?:to|now|today|here|for)\b|sign up (?:to|for|now|here|today)\b|enter your e-?mail\b",
        r"(?:get|receive) (?:the |our |all )?(?:latest|breaking|top|daily|best|free|news)\b.{0,80}\b(?:inbox|"
        r"e-?mail|newsletter|alerts?|app|updates)\b",
        r"join (?:us|our|the \w{2,20} (?:channel|community))\b.{0,80}\b(?:on|channel|group|community|newsletter|"
        r"telegram|whatsapp)\b",
        r"download (?:the|our)\b.{0,40}\bapp\b|already (?:a|have).{0,30}\b(?:subscriber|member|account)\b|(?:log|"
        r"sign) in (?:to|or)\b",
        r"(?:please )?(?:consider )?(?:support|donat|becom)\w{0,4}\b.{0,30}\b(?:independent journalism|"
        r"our journalism|our work|a member|a subscriber|a patron)\b",
        r"by (?:signing|clicking|subscribing|submitting)\b.{0,40}\byou (?:agree|acknowledge|consent)\b",
        r"подпис(?:ывайтесь|аться)\b|підпис(?:уйтесь|уйтеся|атися)\b|suscríbete|suscríbase|abonnez-vous|"
        r"abonnieren sie|inscreva-se|iscriviti",
    ),
    # These name accounts to follow and ways to write to somebody.
    _start(
        200,
        r"(?:like|follow|find|join|contact|reach|email|tweet) (?:us|me|him|her|them|the (?:author|writer|"
        r"reporter)s?)\b.{0,60}(?:\bon\b|\bat\b|@)",
        r"follow\b.{1,60}\bon (?:twitter|x\b|facebook|instagram|telegram|threads|bluesky|truth social|google news|"
        r"whatsapp|linkedin|youtube)",
        r"follow @\w|(?:on )?(?:twitter|x|facebook|instagram|e-?mail|contact|tel|phone)\s?:\s{0,2}\S{2,60}\Z",
        r"stay (?:informed|connected|tuned|up[ -]to[ -]date|ahead)\b.{0,40}\b(?:with|on|by)\b",
    ),
    # These are links to other stories, whose titles stand behind or below.
    _start(
        220,
        r"(?:(?:read|see|watch|listen|look|view)\s+(?:also|more|next|now|too|related)|also\s+(?:read|see|watch|on|"
        r"in)|must[- ](?:read|watch|see)s?|"
        r"related(?:\s+(?:news|stor(?:y|ies)|articles?|posts?|topics?|content|links?|coverage|reading|videos?|"
        r"tags?))?|"
        r"recommended(?: (?:stories|reading|for you|articles|videos))?|watch|video|listen|photos|in pictures|"
        r"gallery|podcast|explainer|read|more)"
        r"\s{0,2}(?:[:|►▶»]|[–—-]\s|\Z)",
        r"(?:more|read) (?:on|about|from|in|more on) [^\n:.]{2,40}:",
        r"(?:читайте (?:також|также|ще)|також читайте|также читайте|читать (?:также|далее)|(?:материалы )?по теме|"
        r"за темою)\b",
        r"(?:lea (?:también|tambien|más)|leer más|à lire(?: aussi)?|lire aussi|lesen sie (?:auch|mehr)|"
        r"mehr zum thema|leia (?:também|mais))\b",
        r"(?:leggi anche|(?:czytaj|zobacz) (?:też|także|również)|ayrıca oku|اقرأ (?:أيضا|أيضًا|المزيد))",
        r"(?:click|tap|press) here\b",
        # An example is "Read the full interview here."
        r"(?:read|watch|see|view|listen to|find|hear) (?:(?:the|it|his|her|their|our|full|more|whole|entire|"
        r"complete|original|interview|\w+['’]s) ){0,5}"
        r"(?:rest|full|whole|entire|complete|original|all|more|article|story|segment|interview|video|clip|report|"
        r"piece|post|transcript|exchange|"
        r"statement|details?)\b.{0,80}\b(?:here|below|above|"
        r"at (?:the )?[A-Z]\S{0,40}(?: \S{1,20}){0,3})[\s.!:]{0,3}\Z",
    ),
    _whole(
        80,
        r"(?:more|latest|top|trending|popular|breaking|other|similar|today['’]s)(?: (?:top|breaking|related|world|"
        r"local|international|national|"
        r"political|politics|business|sports?|latest|popular))? (?:news|stories|articles|headlines|posts|videos|"
        r"topics|coverage)(?: (?:now|today|on this|for you|from .{2,30}))?",
        r"trending(?: now)?|most (?:read|popular|viewed|shared|commented)(?: (?:in|on|this|today|now|stories|"
        r"articles).{0,20})?|popular|up next",
        r"you (?:may|might) (?:also )?(?:like|be interested in|enjoy|have missed).{0,30}|don['’]t miss(?: (?:this|"
        r"it|out).{0,20})?|in case you missed it",
        r"editor['’]s (?:picks?|choice)|what to (?:read|watch) next|(?:keep|further|continue) reading.{0,30}|"
        r"see also|read also|also read|related",
        r"(?:read|learn|find out) more(?: (?:here|about this.{0,20}))?|read (?:it all|the (?:rest|full story|"
        r"whole thing|full article))(?: here)?",
    ),
    # These are credits, captions and labels of pictures and videos.
    _start(
        300,
        r"[(\[]?(?:(?:file|stock|cover|featured?|lead|main|archive) )?(?:photo|image|picture|pic|photograph|"
        r"illustration|graphic|infographic|video|"
        r"фото|відео|видео|foto|bild|imagen|imagem)s?(?: (?:credits?|courtesy(?: of)?|source|caption|"
        r"via))?\s{0,2}[:：©|/]",
        r"[(\[]?(?:photo|image|picture|photograph|illustration|graphic|video)s? (?:by|courtesy of|"
        r"via) (?-i:[A-Z@])[^.]{2,80}[.)\]]{0,2}\Z",
        r"(?:image|photo|media|video|picture) (?:source|caption),|file (?:photo|image|picture|pic)\b|file\s?[-–—:]\s",
        r"(?:courtesy(?: of)?|credits?|caption|archivo)\s?:",
    ),
    # These are captions that end with a credit: "… leaves the White House. (AP Photo/Evan Vucci)".
    _exact(
        400,
        rf".{{0,330}}[(\[](?:[^()\[\]]{{0,60}}(?:/|\||:|,|–|-|\bvia\b|\b[Bb]y\b)\s?{_AGENCY}\b[^()\[\]]{{0,30}}|"
        rf"(?:AP Photo|Getty|Shutterstock|[Ff]ile|FILE|[Pp]hotos?\b|[Ii]mage\b|Handout|[Cc]ourtesy|"
        rf"[Ss]creen(?:shot|grab))[^()\[\]]{{0,60}})[)\]]\.?",
        rf".{{0,330}}\[{_AGENCY}\]\.?",
        rf"(?:(?!.{{0,60}}[a-z]\.\s)[\w .,’'&-]{{2,60}}\s?(?:/|\||via|©)\s?|©\s?|[-–—]\s)?"
        rf"{_PICTURE_AGENCY}(?:\s?(?:/|via|"
        rf"\|)\s?[\w .’'/-]{{2,50}}){{0,2}}\.?",
    ),
    # These are notices of rights, terms and cookies.
    _start(
        400,
        r"copyright\b.{0,20}(?:\d{4}|©)|©|\(c\)\s?\d{4}|.{0,80}\ball rights reserved\b|"
        r"todos los derechos reservados|tous droits réservés|alle rechte vorbehalten",
        r"this (?:material|content|article|story) (?:may not|cannot) be\b|this (?:material|content|article|"
        r"story) is (?:protected|copyright)",
        r"(?:we|this (?:web)?site|our (?:web)?site|\w{2,30}\.\w{2,4}) uses? cookies|(?:accept|manage|reject|"
        r"allow)(?: all)? cookies\b",
        r"(?:cookie (?:policy|settings|notice|preferences)|privacy (?:policy|notice|settings)|terms (?:of (?:use|"
        r"service)|(?:and|&) conditions))(?:\s?[|·,&]|\sand\s|[.\s]{0,2}\Z)",
        r"your (?:browser|privacy)\b.{0,60}\b(?:not support|javascript|choices|matters|is important)|"
        r"(?:please )?(?:enable|turn on) javascript",
        r"(?:the )?(?:views|opinions) (?:and opinions |and views )?expressed (?:in|here|by|on|are)\b",
    ),
    # These say where an article first appeared, what was changed and who else worked on it.
    _start(
        400,
        r"(?:editor['’]?s['’]? note|note to (?:readers|editors)|correction|clarification|corrected|update)s?\s?:\s"
        r".{0,80}\b"
        r"(?:this|the|an|a)\b.{0,40}\b(?:story|article|version|headline|report|post|figure|name|spelling|photo)\b",
        r"corrects?\b.{2,120}\b(?:paragraphs?|headline|spelling|name|graf|byline)\b",
        r"\(?(?:corrects|recasts|updates|adds)\b[^.]{2,120}\)?\Z",
        r"(?:an|the) (?:earlier|previous) version of this \w{3,12}\b",
        r"this (?:article|story|post|piece|report|headline) (?:was|has been) (?:amended|corrected|edited|changed|"
        r"modified|clarified)\b",
    ),
    _start(
        300,
        r"(?:this (?:article|story|post|piece|report|column|op-ed|essay)|(?:a version of|"
        r"an earlier version of) this \w{3,12}) "
        r"(?:was |has been |is |also |first |originally |previously ){1,4}(?:appeared|published|posted|syndicated|"
        r"republished|produced|generated|updated|translated|adapted)\b",
        r"this (?:article|story|post|piece|report|column|op-ed|essay) (?:appeared|appears) (?:on|in|at)\b",
        r"(?:originally|first) (?:published|posted|appeared) (?:on|in|at|by)\b|"
        r"(?:re)?published with (?:the )?permission",
    ),
    _start(
        300,
        r".{2,200}\bcontributed(?: reporting| research)?(?: to| from| for)? (?:this|the) (?:report|story|article|"
        r"piece|post)\b.{0,40}\Z|.{2,120}\bcontributed reporting\.?\Z",
    ),
    _exact(
        340,
        rf"[(\[]?(?:[Aa]dditional )?(?:[Rr]eporting|[Ww]riting|[Ee]diting|[Cc]ompiled|[Tt]ranslated|[Ww]ritten|"
        rf"[Ee]dited|[Pp]roduced|[Rr]esearch|[Rr]eported)"
        rf"(?: and (?:writing|editing))? by:?\s+(?:{NAMES}(?:\s(?:in|from)\s[^.;\n]{{2,60}})?|"
        rf"[^.\n]{{2,120}};\s?.{{2,200}})"
        r"(?:[.;]\s?(?:[Aa]dditional )?(?:[Rr]eporting|[Ww]riting|[Ee]diting).{0,160})?[.)\]\s]{0,3}",
        rf"(?:{NAME}|[A-Z][\w’'-]{{1,24}})(?:(?:, | and |"
        rf", and ){_NAME_WORD}(?: {_NAME_WORD})?){{0,4}} reported from [A-Z][\w ,’'-]{{2,50}}\.?",
    ),
    # These are breadcrumbs, languages, tags, addresses and remains of markup.
    _whole(
        140,
        r"home(?:\s?[>/»|›→].{0,100})?",
        r"(?:(?:ua|uk|en|ru|de|fr|es|pl|it|pt|tr|ar|zh|cn|ja|jp|ko|he|hi|ro|cz|cs|nl|sv|укр|рус|eng|rus|ukr|"
        r"english|українська|русский|"
        r"deutsch|français|español|polski|türkçe|العربية)(?:[\s|/·•,]+|\Z)){1,12}",
    ),
    _start(
        300,
        r"(?:tags?|topics?|filed under|categor(?:y|ies)|keywords?|section|in this (?:article|story)|теги|теми|"
        r"темы|etiquetas)\s?[:：]",
    ),
    _exact(300, r"(?:#[\w-]{1,60}[\s,]{0,3}){1,20}", r"[Pp]age \d+(?: of \d+)?|\d{1,3}"),
    _exact(
        320,
        r"(?:[Oo]nline:?\s{0,2})?<?(?:https?://|www\.)\S{3,300}",
        r"\S{1,60}@\S{2,60}\.\w{2,6}\.?|@\w{2,30}\.?|(?:<[^<>]{1,200}>\s?){1,6}\.?",
        r"[.#][^{}\n]{1,120}\{.{0,200}|[a-z-]{3,30}\s?:\s?[^;]{1,60};\s?\}?",
    ),
    # These are the times of a live blog.
    _whole(
        40,
        r"(?:[01]?\d|2[0-3])[.:h][0-5]\d(?:[.:][0-5]\d)?\s?(?:[ap]\.?m\.?)?\s?(?:[a-z]{2,5}(?:[+-]\d{1,2})?)?",
        r"(?:1[0-2]|0?\d)\s?[ap]\.?m\.?\s?(?:[a-z]{2,5})?",
    ),
    # These are kickers and labels that stand alone.
    _whole(
        40,
        r"online|abstract|video transcript|breaking(?: news)?|exclusive|opinion|analysis|editorial|explainer|"
        r"letters?|commentary|world(?: news)?|"
        r"politics|news|latest|business|sports?|top stories|featured",
        r"(?:by )?(?:our|a|special|news|staff|foreign)?\s?(?:staff )?(?:correspondent|reporter|agency|agencies|"
        r"writer|reporters)|newsroom|news desk",
    ),
)

_MAX_CHARACTERS: Final = max(bound for _, bound in _TABLE)
_ADDRESS: Final = re.compile(r"(?:https?://|www\.)\S{3,300}\Z|\S{1,60}@\S{2,60}\.\Z")


def is_furniture(text: str) -> bool:
    """Say whether a trimmed block is furniture, by its own words alone."""
    if not _ALPHANUMERIC.search(text):
        return True
    if len(text) > _MAX_CHARACTERS or text[0] in QUOTE_MARKS:
        return False
    # A line in lower case with a full stop is the end of a sentence, unless it is an address.
    if text[0].islower() and text[-1] == "." and not _END[0].match(text):
        return _ADDRESS.match(text) is not None
    return any(len(text) <= bound and pattern.match(text) for pattern, bound in _TABLE)


def is_end_mark(text: str) -> bool:
    """Say whether a block is the line that ends a story."""
    return len(text) <= _END[1] and _END[0].match(text) is not None
