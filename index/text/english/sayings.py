"""The cues: verbs and nouns that introduce what somebody said, grouped by what stands behind them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from onrecord.index.text.english.word_sets import word_set


class Group(StrEnum):
    """A group of cues that introduce the same kind of words."""

    SAY = "say"
    """A clause or a quote: said, wrote, warned."""
    TELL = "tell"
    """The person addressed, then a clause or a quote: told, assured."""
    THINK = "think"
    """A clause: believes, fears, hopes."""
    NAME = "name"
    """A thing and a name for it: described, dubbed."""
    ACT = "act"
    """A position that the speaker takes: denied, promised, rejected."""
    SHOW = "show"
    """Words that are cues only beside a quote: read, chanted, cited."""


class Form(StrEnum):
    """A form of a verb."""

    BASE = "base"
    THIRD = "third"
    PAST = "past"
    DONE = "done"
    ING = "ing"


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue as it is spelt: its verb, the verb's group, and the forms that the spelling may be."""

    lemma: str
    group: Group
    forms: frozenset[Form]


_SAY = word_set(
    "say write add note warn state declare announce claim argue insist explain suggest stress emphasize emphasise "
    "maintain acknowledge admit concede assert affirm reaffirm reiterate repeat observe remark comment reply respond "
    "answer retort conclude continue predict reveal disclose confirm contend allege complain caution joke quip boast "
    "brag lament recall recount report tweet retweet post muse exclaim shout yell whisper mutter chant proclaim "
    "pronounce testify counter interject recommend quote indicate signal clarify estimate theorize theorise speculate "
    "opine ask wonder agree remember promise vow pledge swear demand protest hint imply summarize summarise "
    "underscore underline guarantee advise crow gush chide deadpan murmur plead sigh snap snarl scoff sniff thunder "
    "intone rant fume gloat marvel posit rejoin riposte beg "
    "tease taunt growl bark bellow reason mention "
    "stipulate"
)
_TELL = word_set(
    "tell inform assure remind notify convince persuade promise warn advise caution urge beg ask implore instruct "
    "order lecture reassure"
)
_THINK = word_set(
    "believe think hope fear feel expect worry know understand figure guess suppose suspect doubt assume see realize "
    "realise consider regard view want wish"
)
_NAME = word_set(
    "call describe label brand dub term characterize characterise portray denounce deride decry refer hail tout "
    "dismiss mock praise slam blast criticize criticise condemn attack ridicule nickname depict cast paint deem "
    "compare liken lambast lambaste rip bash assail pillory blame accuse fault castigate excoriate salute credit "
    "thank welcome laud applaud"
)
_ACT = word_set(
    "deny refute dispute reject rebut oppose endorse propose promise vow pledge threaten refuse urge call accuse "
    "blame criticize criticise condemn praise dismiss support rule defend question challenge plan offer seek decline "
    "express touch echo advocate favor favour welcome applaud slam blast denounce attack thank cite request rail "
    "demand appeal apologize apologise commit outline detail vote"
)
_SHOW = word_set(
    "reflect share enthuse chuckle hiss sob wail ponder venture "
    "read chant cite use invoke entitle title headline go begin open start end finish sing hold carry bear print "
    "publish release issue sign laugh smile nod shrug grin joke stand interrupt react point turn sum put fire shoot "
    "hit lash strike press follow sound deliver give email message text blog volunteer elaborate decide discuss talk "
    "speak address define"
)

_IRREGULAR = {
    "say": ("says", "said", "said", "saying"),
    "write": ("writes", "wrote", "written", "writing"),
    "tell": ("tells", "told", "told", "telling"),
    "think": ("thinks", "thought", "thought", "thinking"),
    "feel": ("feels", "felt", "felt", "feeling"),
    "know": ("knows", "knew", "known", "knowing"),
    "understand": ("understands", "understood", "understood", "understanding"),
    "see": ("sees", "saw", "seen", "seeing"),
    "swear": ("swears", "swore", "sworn", "swearing"),
    "read": ("reads", "read", "read", "reading"),
    "quip": ("quips", "quipped", "quipped", "quipping"),
    "brag": ("brags", "bragged", "bragged", "bragging"),
    "admit": ("admits", "admitted", "admitted", "admitting"),
    "blog": ("blogs", "blogged", "blogged", "blogging"),
    "snap": ("snaps", "snapped", "snapped", "snapping"),
    "beg": ("begs", "begged", "begged", "begging"),
    "dub": ("dubs", "dubbed", "dubbed", "dubbing"),
    "slam": ("slams", "slammed", "slammed", "slamming"),
    "rip": ("rips", "ripped", "ripped", "ripping"),
    "rebut": ("rebuts", "rebutted", "rebutted", "rebutting"),
    "refer": ("refers", "referred", "referred", "referring"),
    "plan": ("plans", "planned", "planned", "planning"),
    "seek": ("seeks", "sought", "sought", "seeking"),
    "commit": ("commits", "committed", "committed", "committing"),
    "speak": ("speaks", "spoke", "spoken", "speaking"),
    "cast": ("casts", "cast", "cast", "casting"),
    "sing": ("sings", "sang", "sung", "singing"),
    "go": ("goes", "went", "gone", "going"),
    "begin": ("begins", "began", "begun", "beginning"),
    "hold": ("holds", "held", "held", "holding"),
    "bear": ("bears", "bore", "borne", "bearing"),
    "grin": ("grins", "grinned", "grinned", "grinning"),
    "stand": ("stands", "stood", "stood", "standing"),
    "sum": ("sums", "summed", "summed", "summing"),
    "put": ("puts", "put", "put", "putting"),
    "shoot": ("shoots", "shot", "shot", "shooting"),
    "hit": ("hits", "hit", "hit", "hitting"),
    "strike": ("strikes", "struck", "struck", "striking"),
    "give": ("gives", "gave", "given", "giving"),
    "signal": ("signals", "signaled", "signaled", "signaling"),
}


def _inflect(lemma: str) -> Iterator[tuple[str, Form]]:
    yield lemma, Form.BASE
    if lemma in _IRREGULAR:
        yield from zip(_IRREGULAR[lemma], (Form.THIRD, Form.PAST, Form.DONE, Form.ING), strict=True)
        if lemma == "signal":
            yield from (("signalled", Form.PAST), ("signalled", Form.DONE), ("signalling", Form.ING))
        return
    hissing = lemma.endswith(("s", "sh", "ch", "x", "z"))
    to_y = lemma.endswith("y") and lemma[-2] not in "aeiou"
    yield (lemma[:-1] + "ies" if to_y else lemma + ("es" if hissing else "s")), Form.THIRD
    past = lemma[:-1] + "ied" if to_y else lemma + ("d" if lemma.endswith("e") else "ed")
    yield past, Form.PAST
    yield past, Form.DONE
    yield (lemma[:-1] if lemma.endswith("e") and not lemma.endswith("ee") else lemma) + "ing", Form.ING


def _build() -> dict[str, Cue]:
    by_form: dict[str, tuple[str, Group, set[Form]]] = {}
    groups = (
        (_SAY, Group.SAY),
        (_TELL, Group.TELL),
        (_THINK, Group.THINK),
        (_NAME, Group.NAME),
        (_ACT, Group.ACT),
        (_SHOW, Group.SHOW),
    )
    for lemmas, group in groups:
        for lemma in sorted(lemmas):
            for spelling, form in _inflect(lemma):
                known = by_form.setdefault(spelling, (lemma, group, set()))
                if known[0] == lemma:
                    known[2].add(form)
    return {s: Cue(lemma, group, frozenset(forms)) for s, (lemma, group, forms) in by_form.items()}


CUES = _build()
"""Every spelling of every cue; a verb that is in two groups belongs to the first."""

STANDS = word_set(
    "deny refute dispute reject rebut oppose endorse propose promise vow pledge threaten refuse urge call accuse "
    "blame criticize criticise condemn praise dismiss rule express advocate favor favour welcome applaud denounce "
    "thank demand apologize apologise commit"
)
"""The verbs of position whose object counts as reported even without a quote."""

BODILY = word_set(
    "speak hold carry bear give start end finish begin go stand put turn open deliver press follow sound hit strike "
    "shoot lash fire sign print sing laugh smile nod shrug grin define point react volunteer"
)
"""The verbs that introduce a quote only if they stand right before it."""

THOUGHTS = word_set("believe think hope fear feel expect worry doubt suspect")
"""The verbs of thinking whose clause counts as reported even without a quote."""

CLAIMING = word_set(
    "say think believe argue insist acknowledge claim allege maintain contend assert deny dispute doubt suspect hope "
    "fear"
)
"""Verbs that want a clause behind them: a sentence does not end with one, and hardly any heading does."""

VERBS_OF_SAYING = _SAY | _TELL
"""The verbs whose object is a statement."""

DENYING = word_set("deny refute dispute rebut reject")
"""The verbs that deny what follows them."""

ADDRESSING = _TELL
"""The verbs that name the person addressed before the words."""

NOUNS_TOO = word_set(
    "reports report claims claim notes note states state calls call comments comment tweets tweet posts post "
    "promises promise demands demand charges vows vow pledges pledge texts text cables cable answers answer "
    "questions question hopes hope fears fear attacks attack plans plan offers offer estimates estimate signals "
    "signal doubts doubt views view wishes wish votes vote credits credit supports support texts messages message "
    "labels label brands brand terms term thanks praise blame hints hint guarantees guarantee reasons reason "
    "jokes joke requests request details detail talks talk appeals appeal challenges challenge releases release "
    "issues issue signs sign goes opens starts ends welcome favors favor reads read uses use holds figures figure "
    "share shares reflects venture ventures "
    "faults fault cast casts recalls challenges replies decides speaks turns points puts fires shot shots shoots "
    "hits hit strikes strike press offer address addresses"
)
"""Spellings that are nouns as often, so that they are cues only right after a subject."""

NEVER_NOUNS = word_set("say tell think believe argue insist acknowledge suggest explain write describe accuse")
"""Verbs none of whose spellings is a noun as well."""

VERB_PARTICLES = {
    "point": ("out",), "shoot": ("back",), "fire": ("back",), "hit": ("back",), "go": ("on",), "rule": ("out",),
    "call": ("for", "on", "upon"), "refer": ("to",), "chime": ("in",), "sum": ("up",), "spell": ("out",),
    "push": ("back",), "strike": ("back",), "speak": ("out",), "lash": ("out",), "lay": ("out",), "write": ("back",),
}  # fmt: skip
"""The adverbs and prepositions that may belong to a verb: "pointed out", "shot back"."""

SENTENCE_OPENING_CUES = word_set("said says asked asks added adding writing speaking")
"""Spellings that are cues even where they open a sentence with a capital."""

AS_SAYING = word_set("saying telling writing stating declaring warning adding asking calling describing")
"""Cues that follow "as" where a source is quoted: "TASS quoted Ushakov as saying"."""

ADDED_IN_PASSING = word_set("adding noting saying")
"""Cues that introduce another statement of the same speaker behind a comma."""

PLAIN_SAYINGS = word_set("say argue warn claim note insist acknowledge announce deny report suggest promise vow pledge")
"""Verbs whose clause is always a statement, even if its words do not show that."""

WITH_OBJECTS = word_set("add write post repeat continue")
"""Verbs of saying that also take a thing as their object: "adds momentum"."""

SEEING = word_set("see view regard know want")
"""Verbs that give something a name only with an "as": "sees him as a “fraud”"."""

STATEMENT_NOUNS = word_set(
    "claim claims assertion statement remark remarks suggestion warning promise pledge vow argument belief "
    "contention insistence allegation accusation comment comments declaration prediction complaint admission "
    "acknowledgment acknowledgement observation conclusion announcement view fear hope concern concerns denial "
    "confession threat call"
)
"""Nouns before a "that" which introduces what their owner said: "his claim that"."""

ADDRESSEES = word_set(
    "reporters journalists supporters him her them me us himself herself viewers voters lawmakers investigators "
    "police officials readers listeners fans donors delegates residents attendees colleagues friends aides "
    "everyone people congress parliament senators"
)
"""Words for people addressed that stand without a name or an article: "told reporters"."""

SAID_PLAINLY = word_set("said says told")
"""The commonest cues, which end a description of the speaker."""

AFTER_QUOTE = SAID_PLAINLY | word_set("added wrote asked")
"""Cues that attribute a short quote before them."""

AFTER_QUESTION = AFTER_QUOTE - {"told", "added"} | word_set(
    "writes tweeted shouted yelled asks wondered exclaimed cried quipped joked demanded"
)
"""Cues that attribute a question or an exclamation before them."""

NEWS_VERBS = word_set("said says stated added announced reported")
"""Cues that a writer of news puts behind a statement, to name its source."""

FRAMING = word_set("say tell report announce add note describe confirm")
"""Verbs by which news reports any statement, so that they do not show what the statement is about."""

ASKED_SAYINGS = word_set(
    "say think believe claim promise deny tell state announce warn argue suggest declare comment write post mention "
    "predict stress add"
)
"""Verbs by which a question asks for somebody's words."""

ASKED_STANDS = word_set(
    "insist demand want call describe characterize characterise portray label see view regard consider feel expect "
    "hope fear propose recommend urge advise thank praise criticize criticise condemn blame accuse welcome dismiss "
    "oppose support reject endorse express vow pledge offer explain respond reply react reveal confirm acknowledge "
    "admit note emphasize emphasise underline"
)
"""Verbs by which a question asks for somebody's position, which words of other people may answer as well."""

ASKED_TALK = word_set("say comment mention speak talk remark")
"""Verbs by which a question asks whether somebody spoke of a thing at all."""


def spellings_of(lemmas: Iterable[str], *forms: Form) -> frozenset[str]:
    """Return the spellings of these verbs in these forms."""
    return frozenset(spelling for lemma in lemmas for spelling, form in _inflect(lemma) if form in forms)


def introduces_words(spelling: str) -> bool:
    """Say whether a word in lower case is a cue of saying or of a position, and is not as often a noun."""
    cue = CUES.get(spelling)
    return bool(cue and spelling not in NOUNS_TOO and (cue.lemma in VERBS_OF_SAYING or cue.lemma in STANDS))
