"""Words that say how certain it is what they govern: a class for each, and the words that leave it a fact.

The classes follow FactBank (Saurí and Pustejovsky, 2009, "FactBank: a corpus annotated with event factuality") and
CommitmentBank (de Marneffe, Simons and Tonhauser, 2019). The world is closed: a word that takes a clause and is neither
in a class nor factive makes the clause uncertain too.
"""

from enum import StrEnum

from onrecord.index.text.english import negation
from onrecord.index.text.english.certainty import (
    ADVERBS_OF_ACCUSATION,
    ADVERBS_OF_FORMER_TIMES,
    ADVERBS_OF_NEARNESS,
    ADVERBS_OF_POSSIBILITY,
    ADVERBS_OF_REPORT,
    ADVERBS_OF_SEEMING,
    MODALS_OF_FUTURE,
    MODALS_OF_POSSIBILITY,
)
from onrecord.index.text.english.word_sets import word_set
from onrecord.service.answers.facts.forms import root
from onrecord.service.answers.prose.gate.factuality.parsed_sentence import Word


class Certainty(StrEnum):
    """A way in which what is governed is less than a fact."""

    REPORTED = "reported"
    ACCUSED = "accused"
    DENIED = "denied"
    """Said not to be so."""
    NEGATED = "negated"
    """Not so."""
    INTENDED = "intended"
    FUTURE = "future"
    POSSIBLE = "possible"
    CONDITIONAL = "conditional"
    SEEMING = "seeming"
    ALMOST = "almost"
    INVENTED = "invented"
    PAST = "past"
    """So once, and no longer."""
    UNKNOWN = "unknown"


KEPT_BY = {
    Certainty.REPORTED: {Certainty.REPORTED, Certainty.ACCUSED, Certainty.SEEMING, Certainty.DENIED},
    Certainty.ACCUSED: {Certainty.ACCUSED, Certainty.REPORTED},
    Certainty.DENIED: {Certainty.DENIED},
    Certainty.NEGATED: {Certainty.NEGATED, Certainty.DENIED},
    Certainty.INTENDED: {Certainty.INTENDED, Certainty.POSSIBLE},
    Certainty.FUTURE: {Certainty.FUTURE, Certainty.INTENDED, Certainty.POSSIBLE, Certainty.NEGATED},
    Certainty.POSSIBLE: {Certainty.POSSIBLE, Certainty.INTENDED, Certainty.SEEMING},
    Certainty.CONDITIONAL: {Certainty.CONDITIONAL, Certainty.POSSIBLE},
    Certainty.SEEMING: {Certainty.SEEMING, Certainty.REPORTED, Certainty.POSSIBLE},
    Certainty.ALMOST: {Certainty.ALMOST, Certainty.NEGATED},
    Certainty.INVENTED: {Certainty.INVENTED},
    Certainty.PAST: {Certainty.PAST, Certainty.NEGATED},
    Certainty.UNKNOWN: {
        Certainty.UNKNOWN,
        Certainty.INTENDED,
        Certainty.POSSIBLE,
        Certainty.SEEMING,
        Certainty.NEGATED,
        Certainty.DENIED,
    },
}
"""For each class the classes in a claim that claim no more than it does."""
for _certainty in set(Certainty) - {Certainty.DENIED, Certainty.NEGATED, Certainty.ALMOST, Certainty.INVENTED}:
    # What a claim has under a condition, or a word that is not known to leave it a fact, it does not claim for sure.
    KEPT_BY[_certainty] |= {Certainty.CONDITIONAL, Certainty.UNKNOWN}

_CLASSES = {
    Certainty.REPORTED: """
accord account add afraid announce answer argue argument assert assertion assume assumption belief believe blame brand
broadcast call claim comment complain complaint concerned conclude conclusion confident consider contend convinced
debate declare describe discuss emphasise emphasize estimate explain explanation fear feel forecast gossip guess hint
hold hypothesis imply impression indicate inquire insist interpret interview judge label maintain narrate nickname
note object observe opinion point portray predict prediction presume pronounce protest quote reckon regard remark
repeat reply report repute respond rumor rumour say speculate speculation state statement story stress suggest
suggestion swear talk tell testify testimony theory think tip understand version view voice warn warning wonder word
worried worry write
""",
    Certainty.ACCUSED: """
accusation accuse allegation allege arrest blame charge complaint denounce detain impeach implicate incriminate
incrimination indict indictment inquiry investigate investigation lawsuit probe prosecute prosecution question sue
suit suspect suspicion trial try
""",
    Certainty.DENIED: """
absolve acquit acquittal baseless clear contest contradict debunk denial deny disbelieve disclaim dismiss dismissal
disprove dispute doubt exonerate false hoax innocent myth object oppose overturn quash rebut recant refute reject
rejection retract retraction unfounded untrue withdraw withdrawal wrong
""",
    Certainty.NEGATED: """
abandon absence absolve abstain acquit acquittal avert avoid axe ban bar block cancel clear decline defer delay deter
disprove ditch drop exonerate fail failure false forbid forget halt impossible innocent lack miss neglect omit overturn
postpone prevent prohibit quash refusal refuse reject resist rule scrap shelve spare stop suspend turn unable untrue
unwilling veto withhold
""",
    Certainty.INTENDED: """
advice advise agree agreement aim ambition anticipate anxious appeal apply ask aspire attempt await beg bid bound call
campaign choose command commit commitment consider conspiracy conspire decide decision demand design desire determined
due eager effort encourage expect expectation goal hope instruct intend intention invite keen mean need negotiate
offer order persuade plan plea plead pledge plot prepare prepared press pressure promise proposal propose push ready
recommend recommendation request schedule seek set supposed swear target tell threat threaten tip try undertake urge
volunteer vow want willing wish
""",
    Certainty.POSSIBLE: """
able ask capable case chance consider contemplate danger decide depend determine doubtful inquire
likelihood opportunity possibility possible potential probable prospect risk think threat uncertain unclear
undecided unlikely unsure weigh whether
""",
    Certainty.SEEMING: """
appear appearance claim look ostensible pose pretence pretend probable purport resemble seem sham suppose
""",
    Certainty.ALMOST: "brink verge close",
    Certainty.INVENTED: """
cartoon comedy drama dream fable fairy fantasy fiction fictional film game hypothetical imagination imagine invent
joke legend movie musical myth nightmare novel parody play poem prank pretend production satire satirical scenario
sequel series simulate simulation sitcom sketch song spoof tale thriller
""",
    Certainty.PAST: "use",
}
_BY_ROOT: dict[str, frozenset[Certainty]] = {}
"""The classes of each verb, noun and adjective, by its root."""
for _certainty, _words in _CLASSES.items():
    for _word in _words.split():
        _BY_ROOT[root(_word)] = _BY_ROOT.get(root(_word), frozenset()) | {_certainty}

_NO_CLASSES = frozenset[Certainty]()


def classes_of(word: Word) -> frozenset[Certainty]:
    """Return the classes of a verb, noun or adjective; none if it is in none."""
    return _BY_ROOT.get(word.root) or _BY_ROOT.get(root(word.lemma), _NO_CLASSES)


def is_factive(word: Word) -> bool:
    """Say whether a word leaves what it governs a fact."""
    return word.root in _FACTIVE or root(word.lemma) in _FACTIVE


_FACTIVE = frozenset(
    map(
        root,
        word_set(
            "acknowledge admission admit angry apologise apologize arrive ascertain ashamed aware bear begin "
            "bother bring catch cause celebrate certain clear come complete concede continue condemn confess confirm "
            "confirmation convict cost criticise criticize dare day demonstrate detect discover discovery do earn "
            "enjoy enough ensure establish evidence fact feel find fine finish first follow force get glad go "
            "grateful guilty hand happen happy hear help honor honour ignore illustrate imprison jail join keep "
            "know knowledge known last lead learn leave let lose make manage mark matter news note notice obvious "
            "overlook pay pleased praise proceed proof proud prove pull punish reach realisation realise "
            "realization realize reason recall receive recognise recognize record regret remain remember resent "
            "responsible result resume return reveal revelation right sad see send sentence serve show sit sorry "
            "spend spot stand start stay succeed sure surprised take thank time too trigger true use verify vote "
            "wait watch way welcome win witness worth year "
        ),
    )
)
"""Roots of words that leave what they govern a fact, or only say how it came about."""

ADVERBS = {
    **dict.fromkeys(ADVERBS_OF_ACCUSATION, Certainty.ACCUSED),
    **dict.fromkeys(ADVERBS_OF_REPORT, Certainty.REPORTED),
    **dict.fromkeys(ADVERBS_OF_SEEMING, Certainty.SEEMING),
    **dict.fromkeys(ADVERBS_OF_POSSIBILITY, Certainty.POSSIBLE),
    **dict.fromkeys(ADVERBS_OF_NEARNESS, Certainty.ALMOST),
    **dict.fromkeys(negation.OF_ADVERBS, Certainty.NEGATED),
    **dict.fromkeys(ADVERBS_OF_FORMER_TIMES, Certainty.PAST),
}
"""The classes of adverbs, as they are written."""
MODALS = {
    **dict.fromkeys(MODALS_OF_FUTURE, Certainty.FUTURE),
    **dict.fromkeys(MODALS_OF_POSSIBILITY, Certainty.POSSIBLE),
}
"""The classes of modal verbs, as they are written."""
