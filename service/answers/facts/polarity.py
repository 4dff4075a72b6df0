"""Find contradictions between two sentences: negations, hedges and opposites.

The rules look at words near each other, not at grammar: "not" governs the few words behind it. Quotes that disagree
are found by all three. The gate for prose asks for opposites alone, because it compares the grammar of the others.
"""

import re
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass

from onrecord.index.text.english.function_words import STOP_WORDS
from onrecord.index.text.english.negation import CONTRACTION_ENDS, NEGATIONS, OF_VERBS, WITHOUT_APOSTROPHES
from onrecord.index.text.english.word_sets import word_set
from onrecord.index.text.terms import Term
from onrecord.service.answers.facts.forms import root
from onrecord.service.answers.facts.parsed_text import ParsedText

_MAX_GOVERNED_WORDS = 6
"""Words behind a negation or hedge that it may govern."""
_MIN_DENIED_LETTERS = 5
"""The least letters of a word that "un" before it denies."""
_CLAUSE = re.compile(
    r"[,;:()“”\"—–]|\b(?:but|because|although|while|and|or|after|before|when|if|who|which)\b", re.IGNORECASE
)

_NEGATIONS = NEGATIONS | WITHOUT_APOSTROPHES | CONTRACTION_ENDS
_NEGATIVE = frozenset(
    root(word)
    for word in word_set(
        "deny denies denied denying refuse refused refuses refusing reject rejected rejects rejecting fail failed "
        "fails failing lack lacked lacks stop stopped prevent prevented rule ruled avoid avoided unable unlikely "
        "decline declined oppose opposed halt halted cancel cancelled canceled abandon abandoned dismiss "
        "dismissed prohibit prohibited ban banned forbid forbidden bar barred absence impossible unwilling "
        "abstain hardly barely few little false untrue unfounded against end ended"
    )
)
"""Roots of words that negate without "not"; a sentence with one of them may state a negation in other words."""
_HEDGES = word_set(
    "may might could should if possibly perhaps probably likely unlikely reportedly allegedly alleged apparently "
    "expected expect expects plan plans planned planning consider considering considered considers propose "
    "proposed proposes hope hopes hoped seek seeks sought want wants wanted discuss discussed discussing "
    "discussion discussions suggest suggested suggests potential possible intend intends intended try tries "
    "trying tried threaten threatened threatens call called calls urge urged urges demand demanded demands ask "
    "asked asks unclear whether undecided pending ready willing speculation rumours rumors proposal proposals "
    "prospect attempt attempted offer offered wish wishes wished prefer prefers preferred need needs needed "
    "require requires required believe believes believed necessary"
)
"""Words that make a thing less than certain: possible, planned or asked for."""
_FUTURE = word_set("will would shall set due scheduled going")
"""Words that make a thing less than done."""
_DETERMINERS = word_set("the a an this that these those his her its their our my")
_IS_TO = re.compile(r"\b(?:is|are|was|were) to\b", re.IGNORECASE)
_DONE = word_set("agreed signed approved decided confirmed completed finished announced concluded")

_OPPOSITES = """
rise fall; rise drop; rise decline; rise decrease; rise plunge; rise sink; rose fell; rose dropped; rose
declined; risen fallen; increase decrease; increase decline; increase reduce; increase drop; increase fall;
increase cut; gain lose; gain loss; gain fall; climb fall; climb drop; climb decline; jump fall; jump drop; soar
plunge; soar fall; up down; grow shrink; grow decline; growth decline; raise lower; raise cut; raise reduce;
higher lower; high low; more less; more fewer; most least; most few; majority minority; above below; exceed
below; before after; earlier later; early late; first last; begin end; start end; start stop; start finish;
begin finish; open close; opened closed; accept reject; accept refuse; accepted rejected; approve reject;
approve disapprove; agree disagree; agree refuse; agreed refused; support oppose; support reject; backed
opposed; favour oppose; favor oppose; confirm deny; confirmed denied; admit deny; claim deny; said denied; buy
sell; bought sold; buyer seller; purchase sale; win lose; won lost; winner loser; win defeat; victory defeat;
victory loss; success failure; succeed fail; profit loss; surplus deficit; import export; income expense; allow
ban; allow prohibit; allow forbid; permit ban; legal illegal; lawful unlawful; possible impossible; include
exclude; ally enemy; friend enemy; strong weak; strengthen weaken; expand shrink; expand contract; arrive leave;
arrive depart; enter leave; join leave; advance retreat; attack defend; war peace; guilty innocent; convict
acquit; convicted acquitted; arrest release; arrested released; hire fire; hired fired; appoint dismiss;
appointed dismissed; remember forget; love hate; safe dangerous; public private; rich poor; large small; big
small; major minor; positive negative; good bad; better worse; best worst; true false; north south; east west;
northern southern; eastern western; domestic foreign; national international; male female; man woman; men women;
father mother; brother sister; son daughter; husband wife; he she; his her; young old; alive dead; born died;
survive die; warm cool; fast slow; deep shallow; wide narrow; rural urban; maximum minimum; add remove; create
destroy; build destroy; send receive; give receive; teach learn; lend borrow; employ dismiss; employer employee;
always never; all none; all some; every no; every some; many few; always sometimes; everyone nobody; everybody
nobody; both neither; inside outside; with without; increase lower; increased reduced; presence absence;
optimistic pessimistic; hopeful doubtful; certain uncertain; likely unlikely; able unable; willing unwilling;
happy unhappy; stable unstable; popular unpopular; successful unsuccessful; important unimportant; continue
stop; continue halt; continue suspend; resume suspend; extend shorten; delay hasten; postpone advance; maintain
abandon; keep abandon; impose lift; imposed lifted; freeze unfreeze; strengthened weakened; tighten loosen;
tighten ease; escalate ease; praise criticise; praise criticize; praised criticised; praised criticized; welcome
condemn; welcomed condemned; welcome reject; defend criticise; defend attack; encourage discourage; cause
prevent; help hinder; help harm; protect harm; protect attack; save waste; save spend; spend earn; hide reveal;
conceal reveal; unite divide; united divided; together apart; improve worsen; improved worsened; improve
deteriorate; recover decline; recover worsen; outgoing incoming; former current; previous next; past future;
ancient modern; temporary permanent; voluntary compulsory; optional mandatory; day night; morning evening;
summer winter; spring autumn; aware unaware; know unaware
"""


def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in _OPPOSITES.replace("\n", " ").split(";"):
        one, other = (root(word) for word in pair.split())
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in found.items()}


_OPPOSITE = _opposites()
_DENY = root("deny")
_CONVERSES = frozenset(
    frozenset(map(root, pair.split()))
    for pair in ("lend borrow", "buy sell", "give receive", "send receive", "teach learn")
)
"""Opposites that tell one event from two sides."""


@dataclass(frozen=True, slots=True)
class _Cue:
    """A word that negates or weakens the content words behind it, given by their roots."""

    word: str
    governed: tuple[str, ...]


def contradiction(claim: ParsedText, evidence: ParsedText) -> str | None:
    """Say in words how the claim says otherwise than the evidence; None where nothing shows that it does."""
    return _negated(claim, evidence) or opposite(claim, evidence) or _unhedged(claim, evidence)


def are_opposites(one: str, other: str) -> bool:
    """Say whether two roots are of words that exclude each other."""
    return other in _OPPOSITE.get(one, frozenset())


def _negated(claim: ParsedText, evidence: ParsedText) -> str | None:
    ours, theirs = list(_cues(claim, _negating(claim))), list(_cues(evidence, _negating(evidence)))
    here, there = claim.roots, evidence.roots
    # A negative word that the claim has as well is no other way to say "not".
    negative = bool((there & _NEGATIVE) - here) or any(_is_prefixed(term.folded, here) for term in evidence.terms)
    for cue in ours:
        shared = set(cue.governed) & there
        if negative or not (shared or not theirs):
            continue
        if not any(shared & set(other.governed) for other in theirs):
            return f"it says “{cue.word}” where the passage does not"
    mine = bool((here & _NEGATIVE) - there) or any(_is_prefixed(term.folded, there) for term in claim.terms)
    for cue in theirs:
        inside = [word for word in cue.governed[:3] if word in here]
        # One shared word may be the topic, so the claim must assert most of what the passage denies.
        if len(inside) * 2 <= len(cue.governed[:3]) or mine:
            continue
        if not any(set(inside) & set(other.governed) for other in ours):
            return f"the passage says “{cue.word}” where it does not"
    return None


def opposite(claim: ParsedText, evidence: ParsedText, *, converses: bool = True) -> str | None:
    """Say which word of the claim is the opposite of one of the evidence; None where there is none.

    `converses`: whether "borrow" is taken for the opposite of "lend", though one borrows what another lends.
    """
    here, there = claim.roots, evidence.roots
    shown = {term.folded for term in evidence.terms}
    for at, term in enumerate(claim.terms):
        ours = root(term.folded)
        if ours in there or term.folded == "back":
            continue
        if ours == "with" and at + 1 < len(claim.terms) and _is_negation(claim.terms[at + 1].folded):
            continue
        if (un := _with_un(term.folded, shown)) and not _is_denied(ours, claim):
            return f"it says “{term.folded}” where the passage says “{un}”"
        for theirs in _OPPOSITE.get(ours, ()):
            if theirs not in there or theirs in here or not converses and frozenset((ours, theirs)) in _CONVERSES:
                continue
            if _DENY in (ours, theirs) and (here | there) & (_NEGATIVE - {_DENY} | OF_VERBS):
                # "He denied it" and "he said that it is not so" say the same, and so does "he rejected it".
                continue
            # "Not possible" and "impossible" say the same.
            if _is_denied(ours, claim) == _is_denied(theirs, evidence):
                written = next(one.folded for one in evidence.terms if root(one.folded) == theirs)
                return f"it says “{term.folded}” where the passage says “{written}”"
    return None


def _with_un(word: str, others: Container[str]) -> str | None:
    """Return this word with "un" before it, or without its own "un", if it is among the others; else None."""
    denied, plain = f"un{word}", word.removeprefix("un")
    if len(word) >= _MIN_DENIED_LETTERS and denied in others:
        return denied
    return plain if plain != word and len(plain) >= _MIN_DENIED_LETTERS and plain in others else None


def _is_denied(word: str, parsed: ParsedText) -> bool:
    return any(word in cue.governed for cue in _cues(parsed, _negating(parsed)))


def _unhedged(claim: ParsedText, evidence: ParsedText) -> str | None:
    """Return a clause if the passage calls possible or future what the claim calls certain or done."""
    said, shown, here, there = claim.terms, evidence.terms, claim.roots, evidence.roots
    denied = bool(here & _NEGATIVE) or any(_is_negation(term.folded) for term in said)
    if denied or "?" in claim.text or any(_weakens(said, at, _HEDGES) for at in range(len(said))):
        return None
    is_future = any(term.folded in _FUTURE for term in said) or bool(_IS_TO.search(claim.text))
    weaker = _HEDGES if is_future else _HEDGES | _FUTURE
    for cue in _cues(evidence, lambda at: _weakens(shown, at, weaker)):
        if cue.governed and cue.governed[0] in here:
            return f"the passage says “{cue.word}” where it does not"
    for term in said:
        if term.folded in _DONE and root(term.folded) not in there and any(word.folded in _HEDGES for word in shown):
            return f"it says “{term.folded}” where the passage does not"
    return None


def _cues(parsed: ParsedText, is_cue: Callable[[int], bool]) -> Iterator[_Cue]:
    """Yield the cues among the terms of the text, each with the words that it governs."""
    terms = parsed.terms
    for at, term in enumerate(terms):
        if not is_cue(at):
            continue
        governed: list[str] = []
        for other in terms[at + 1 : at + 1 + _MAX_GOVERNED_WORDS]:
            between = parsed.text[term.span.end : other.span.start]
            if _CLAUSE.search(between):
                break
            if other.folded not in STOP_WORDS and other.folded not in {"one", "ones"}:
                governed.append(root(other.folded))
        yield _Cue(_shown(parsed, at), tuple(governed))


def _negating(parsed: ParsedText) -> Callable[[int], bool]:
    return lambda at: _is_negation(parsed.terms[at].folded)


def _weakens(terms: Sequence[Term], at: int, weaker: frozenset[str]) -> bool:
    """Say whether a word is among `weaker` and behind no determiner: "the plan" makes nothing uncertain."""
    return terms[at].folded in weaker and not (at and terms[at - 1].folded in _DETERMINERS)


def _is_negation(folded: str) -> bool:
    return folded in _NEGATIONS


def _shown(parsed: ParsedText, at: int) -> str:
    """Return the cue as it is written; for the "t" of "won't" the whole word."""
    term = parsed.terms[at]
    if term.folded == "t" and at:
        return parsed.text[parsed.terms[at - 1].span.start : term.span.end]
    return term.span.of(parsed.text)


def _is_prefixed(folded: str, others: frozenset[str]) -> bool:
    """Say whether a word is another one with un-, in-, im-, il- or dis- before it."""
    for prefix in ("un", "in", "im", "il", "ir", "dis", "non"):
        if folded.startswith(prefix) and len(folded) > len(prefix) + 3 and root(folded[len(prefix) :]) in others:
            return True
    return False
