"""What governs a word in its sentence: every word on the way up to the root that makes it less than a fact."""

from collections.abc import Iterator
from dataclasses import dataclass

from onrecord.index.text.english import negation
from onrecord.index.text.english.certainty import CONDITIONS
from onrecord.index.text.english.function_words import BE_AND_HAVE, DEFINITE
from onrecord.index.text.english.word_sets import word_set
from onrecord.service.answers.facts.forms import root
from onrecord.service.answers.prose.gate.factuality.embedders import (
    ADVERBS,
    MODALS,
    Certainty,
    classes_of,
    is_factive,
)
from onrecord.service.answers.prose.gate.factuality.parsed_sentence import ParsedSentence, Word

_SUBJECTS = ("nsubj", "nsubjpass", "csubj", "csubjpass", "expl")
_OF_OBJECTS = frozenset(
    {
        Certainty.ACCUSED,
        Certainty.DENIED,
        Certainty.NEGATED,
        Certainty.INTENDED,
        Certainty.POSSIBLE,
        Certainty.SEEMING,
        Certainty.INVENTED,
        Certainty.ALMOST,
    }
)
"""Classes of verbs that make their object uncertain too: "planned a merger", and not "reported a theft"."""
_LEAVE_OBJECTS = word_set(
    "accuse acquit advise agree arrest ask axe ban bar block call charge choose clear command commit "
    "consider contest detain determine dismiss dispute ditch drop encourage forget indict instruct "
    "investigate invite look object order overturn persuade pose press prosecute push quash question "
    "reject resist rule scrap set spare stop sue suspect tell try turn urge use veto weigh withdraw "
    "withhold "
)
"""Verbs of these classes whose object is there."""
_BEFORE_CLAUSES = word_set("of for with from to about over against at on into as")
"""Prepositions behind which a clause is what the word before them is about."""
_BEFORE_NOUNS = word_set("of about for to at")
"""Prepositions behind which a noun is what the noun before them is about."""
_UNDER_WHICH_NOTHING_IS_DONE = frozenset(
    map(root, word_set("discussion consideration review negotiation debate examination threat"))
)
"""Nouns that say with "under" that a thing is not done yet."""
_COMES_TO_NOTHING = word_set("fail collapse stall founder")
"""Verbs whose subject did not come about."""
_KEEP_FROM = word_set("keep save stop prevent bar discourage deter")
"""Verbs that with "from" say that something did not happen."""
_CONTENT_NOUNS = frozenset(
    map(
        root,
        word_set(
            "absence accusation acquittal allegation arrest attempt case chance charge claim complaint danger "
            "demand denial dream fear hope indictment inquiry investigation lack lawsuit legend myth offer plan "
            "possibility probe promise proposal prospect rejection report risk rumor rumour speculation suspicion "
            "tale threat trial warning warrant "
        ),
    )
)
"""Nouns that make the noun behind their preposition uncertain: "rumours of war", and not "the state of emergency"."""
_ASKED = frozenset({Certainty.ACCUSED, Certainty.DENIED, Certainty.INTENDED, Certainty.SEEMING})
_VERB_CONTENT = {
    **dict.fromkeys(("of", "for", "with", "to", "at"), _ASKED),
    "in": frozenset({Certainty.INTENDED}),
    "as": _ASKED | {Certainty.REPORTED, Certainty.INVENTED},
    "about": frozenset({Certainty.POSSIBLE, Certainty.INVENTED}),
}
"""The classes of a verb that hold for a noun behind each preposition: "hoped for peace", "described as a friend"."""
_PRESUPPOSING = word_set("after since during following despite amid before when while once because")
"""Words that begin a phrase or clause of what is so, whatever stands over it: "he denied it after his arrest"."""
_REACH_INTO_PRESUPPOSITIONS = frozenset(
    {Certainty.REPORTED, Certainty.ACCUSED, Certainty.SEEMING, Certainty.INVENTED, Certainty.CONDITIONAL}
)
"""Classes that hold for a relative clause too: "police said that the man who fled" is what the police said."""
_NOT_SO = word_set("without instead")
"""Words that begin a phrase for what is not so."""
_ORDERS = word_set("tell warn ask call")
"""Verbs of saying that order what stands behind them in the infinitive."""
_TELLING_VERBS = word_set("show tell depict portray end begin open close feature follow have see describe go run say")
"""Verbs, in their basic form, whose subject may be a work or a report that tells the clause behind them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Governor:
    """A word that makes what it governs less than a fact."""

    word: Word
    classes: frozenset[Certainty]


def governors_of(sentence: ParsedSentence, word: Word, *, wide: bool) -> list[Governor]:
    """Return what governs a word, from the nearest on.

    `wide`: take what stands beside the word's clause as governing it too, as a modal governs the subject. Read a claim
    so and its evidence not, and what the claim keeps is found wherever it stands.
    """
    found: list[Governor] = []
    node, through = word, None
    seen = set()
    while node.at not in seen:
        seen.add(node.at)
        found.extend(_beside(sentence, node, through, word, wide=wide))
        head = sentence.head(node)
        if not wide and _is_presupposed(sentence, node):
            break
        if head is None:
            if sentence.words[-1].text == "?":
                found.extend(_governor(sentence.words[-1], Certainty.POSSIBLE))
            break
        found.extend(_above(sentence, node, head, through, wide=wide))
        if not wide and node.relation == "relcl" and _is_told_of_what_is(sentence, node, head):
            far = governors_of(sentence, head, wide=False)
            found.extend(one for one in far if one.classes & _REACH_INTO_PRESUPPOSITIONS)
            break
        through, node = node, head
    return _without_double_negation(found)


def _is_told_of_what_is(sentence: ParsedSentence, clause: Word, noun: Word) -> bool:
    """Say whether a relative clause tells what is so of its noun, whatever stands over the noun."""
    auxiliaries = {one.folded for one in sentence.children(clause, "aux", "auxpass")}
    if auxiliaries & MODALS.keys():
        return False
    past = clause.tag == "VBD" or auxiliaries & {"was", "were", "had", "has", "have"}
    known = any(one.folded in DEFINITE for one in sentence.children(noun, "det", "poss", "predet"))
    return bool(past) or (known and (clause.tag in {"VBZ", "VBP"} or bool(auxiliaries)))


def _without_double_negation(found: list[Governor]) -> list[Governor]:
    """Return the governors with "not ruled out" as what is possible, and without "did not fail"."""
    kept: list[Governor] = []
    for governor in found:
        before = kept[-1] if kept else None
        if before and before.word.lemma in {"rule", "fail"} and governor.word.folded in negation.OF_ADVERBS:
            kept.pop()
            kept.extend(_governor(before.word, Certainty.POSSIBLE) if before.word.lemma == "rule" else ())
        else:
            kept.append(governor)
    return kept


def _is_presupposed(sentence: ParsedSentence, node: Word) -> bool:
    """Say whether a phrase or clause of time, cause or contrast begins here, which holds whatever stands over it."""
    if node.relation == "prep":
        return node.folded in _PRESUPPOSING
    if node.relation != "advcl" or node.tag not in {"VBD", "VBN", "VBZ", "VBP"}:
        return False
    auxiliaries = {one.folded for one in sentence.children(node, "aux")}
    marks = {one.folded for one in sentence.children(node, "mark", "advmod")}
    return bool(marks & _PRESUPPOSING) and not auxiliaries & MODALS.keys()


def _governor(word: Word, *classes: Certainty) -> Iterator[Governor]:
    """Yield a word as what governs; nothing if it is in no class."""
    if classes:
        yield Governor(word=word, classes=frozenset(classes))


def _embedder(word: Word, *, without: Certainty | None = None) -> Iterator[Governor]:
    """Yield a word that takes a clause, unless it leaves the clause a fact.

    `without`: a class that the word has with clauses of another form alone, as "told her to go" is no report.
    """
    if classes := classes_of(word):
        yield from _governor(word, *(classes - {without} or classes))
    elif not is_factive(word):
        yield from _governor(word, Certainty.UNKNOWN)


def _beside(
    sentence: ParsedSentence, node: Word, through: Word | None, word: Word, *, wide: bool
) -> Iterator[Governor]:
    """Yield what stands beside the way up: negations, modals, adverbs, conditions, and who tells it."""
    came = through.relation if through else ""
    # It governs no side clause below, no subject, and no second part of another form: "was not there and sued".
    own = not (
        came in {"advcl", "relcl", "parataxis"}
        or (came in _SUBJECTS and not wide)
        or (came == "conj" and through is not None and through.tag != node.tag)
    )
    for child in sentence.children(node):
        if child == through:
            continue
        low = child.folded
        if child.relation in {"advmod", "neg", "preconj"} and own and low in ADVERBS:
            # "In imposing tariffs they were not …" denies no tariffs.
            reaches = child.at < word.at or ADVERBS[low] is not Certainty.NEGATED or wide
            if reaches and _holds(sentence, child, node, ADVERBS[low]):
                yield from _governor(child, ADVERBS[low])
        elif child.relation == "det" and node.is_noun and low in negation.OF_DETERMINERS:
            yield from _governor(child, Certainty.NEGATED)
        elif child.relation == "aux" and own and low in MODALS:
            yield from _governor(child, MODALS[low])
        elif child.relation in {*_SUBJECTS, "dobj", "attr", "pobj"} and (node.is_verb or child.relation == "pobj"):
            if own and (negating := _negation_of(sentence, child)):
                yield from _governor(negating, Certainty.NEGATED)
            if child.relation == "nsubj" and node.lemma in _TELLING_VERBS:
                yield from _teller(child, word, came)
        elif child.relation == "prep" and (wide or came not in {"advcl", "relcl"}):
            yield from _preposition(sentence, child)
        elif child.relation == "advcl" and own and _is_condition(sentence, child):
            yield from _governor(child, Certainty.CONDITIONAL)
        elif child.relation in {"parataxis", "advcl"} and Certainty.REPORTED in classes_of(child):
            marks = {mark.folded for mark in sentence.children(child, "mark", "advmod")}
            if child.relation == "parataxis" or "as" in marks:
                yield from _governor(child, Certainty.REPORTED)


def _negation_of(sentence: ParsedSentence, noun: Word) -> Word | None:
    """Return what negates the clause from inside one of its nouns: "nobody", "no", "neither", "hardly any"."""
    before = sentence.children(noun, "det", "predet", "preconj", "neg", "cc", "amod")
    adverbs = [adverb for one in (noun, *before) for adverb in sentence.children(one, "advmod", "neg")]
    found = [one for one in (noun, *before) if one.folded in negation.OF_DETERMINERS]
    found += [one for one in adverbs if one.folded in negation.OF_ADVERBS]
    return found[0] if found else None


def _teller(subject: Word, word: Word, came: str) -> Iterator[Governor]:
    """Yield the subject of a verb such as "show" where it makes uncertain what the verb tells: "the film shows how …".

    `came`: the relation of what the verb tells to it; empty if the word is the verb itself.
    """
    classes = classes_of(subject)
    if Certainty.INVENTED in classes and word.is_verb and came and not subject.is_name:
        yield from _governor(subject, Certainty.INVENTED)
    elif came == "ccomp" and subject.is_noun:
        yield from _governor(subject, *classes)


def _holds(sentence: ParsedSentence, adverb: Word, node: Word, certainty: Certainty) -> bool:
    """Say whether an adverb says of the word that it stands with what its class is."""
    if certainty is Certainty.ALMOST:
        return node.is_verb or node.tag.startswith("JJ")
    if certainty is Certainty.PAST:
        # "He once won", and not "he won once".
        return adverb.at < node.at
    after = sentence.words[adverb.at + 1].folded if adverb.at + 1 < len(sentence.words) else ""
    return not (certainty is Certainty.NEGATED and after == "only")


def _preposition(sentence: ParsedSentence, preposition: Word) -> Iterator[Governor]:
    """Yield who is said to have told the clause that a preposition belongs to, or the fiction that it belongs to."""
    low = preposition.folded
    if low == "according":
        yield from _governor(preposition, Certainty.REPORTED)
    elif low == "under":
        for noun in sentence.children(preposition, "pobj"):
            if noun.root in _UNDER_WHICH_NOTHING_IS_DONE:
                yield from _governor(noun, Certainty.POSSIBLE)
    elif low in {"in", "on"}:
        for noun in sentence.children(preposition, "pobj"):
            if Certainty.INVENTED in classes_of(noun) and sentence.children(noun, "det", "poss"):
                yield from _governor(noun, Certainty.INVENTED)


def _is_condition(sentence: ParsedSentence, clause: Word) -> bool:
    children = sentence.children(clause)
    if any(c.relation in {"mark", "advmod"} and c.folded in CONDITIONS for c in children):
        return True
    if clause.folded in CONDITIONS:
        return True
    # "Had it rained, …", "Should it rain, …"
    subject = next((c.at for c in children if c.relation in _SUBJECTS), None)
    return subject is not None and any(
        c.relation in {"aux", "auxpass"} and c.at < subject and c.folded in {"had", "were", "should"} for c in children
    )


def _is_inside(sentence: ParsedSentence, clause: Word) -> bool:
    """Say whether a relative clause tells what happens in its noun: "a play in which …", "a dream where …"."""
    return any(
        child.folded == "where" or (child.folded == "in" and any(one.tag == "WDT" for one in sentence.children(child)))
        for child in sentence.children(clause)
    )


def _is_infinitive(sentence: ParsedSentence, verb: Word) -> bool:
    return any(c.folded == "to" and c.relation == "aux" for c in sentence.children(verb))


def _above(sentence: ParsedSentence, node: Word, head: Word, through: Word | None, *, wide: bool) -> Iterator[Governor]:
    """Yield the head of a node where it makes the node less than a fact."""
    match node.relation:
        case "ccomp" | "csubj":
            yield from _clause(sentence, node, head)
        case "xcomp":
            if head.lemma in BE_AND_HAVE and _is_infinitive(sentence, node):
                # "He has yet to pay."
                yet = any(one.folded == "yet" for one in (*sentence.children(head), *sentence.children(node)))
                yield from _governor(head, Certainty.NEGATED if yet else Certainty.FUTURE)
            elif head.lemma == "use" and sentence.children(head, "aux", "auxpass"):
                return
            elif node.is_verb and sentence.children(head, "auxpass") and head.lemma not in _ORDERS:
                # "He is said to have left": a report, and not "he was told to leave".
                yield from _embedder(head)
            elif node.is_verb:
                yield from _embedder(head, without=Certainty.REPORTED)
            else:
                yield from _governor(head, *classes_of(head))
        case "oprd" | "attr" | "acomp":
            yield from _governor(head, *classes_of(head))
        case "acl":
            marks = {mark.folded for mark in sentence.children(node, "mark")}
            if marks & {"that", "whether"} or _is_infinitive(sentence, node):
                yield from _embedder(head)
        case "relcl":
            if Certainty.INVENTED in classes_of(head) and _is_inside(sentence, node):
                yield from _governor(head, Certainty.INVENTED)
            elif any(mark.folded == "that" for mark in sentence.children(node, "mark")):
                # The parser may take "the allegation that he lied" for a relative clause.
                yield from _governor(head, *classes_of(head))
        case "advcl":
            if _is_condition(sentence, node):
                yield from _governor(head, Certainty.CONDITIONAL)
            elif _is_infinitive(sentence, node):
                yield from _governor(head, *(classes_of(head) or {Certainty.INTENDED}))
        case "dobj" | "nsubjpass":
            # "The ferry was meant to sail": the ferry is there.
            raised = node.relation == "nsubjpass" and sentence.children(head, "xcomp")
            if wide:
                yield from _governor(head, *classes_of(head))
            elif node.is_noun and not node.is_name and not raised and head.lemma not in _LEAVE_OBJECTS:
                yield from _governor(head, *(classes_of(head) & _OF_OBJECTS))
        case "nsubj" if head.lemma in _COMES_TO_NOTHING and node.is_noun and not node.is_name:
            yield from _governor(head, Certainty.NEGATED)
        case "prep" if through is not None:
            # The parser may hang "of passing plans" on whom "acquitted" has for its object.
            loose = head.is_name or not (classes_of(head) or is_factive(head))
            verb = sentence.head(head) if loose and head.relation in {"dobj", "nsubjpass", "appos"} else None
            yield from _behind_preposition(node, verb or head, through)


def _clause(sentence: ParsedSentence, node: Word, head: Word) -> Iterator[Governor]:
    between = sentence.words[min(node.at, head.at) : max(node.at, head.at)]
    if any(word.text in {";", ":"} for word in between):
        return
    if any(c.folded in {"whether", "if"} for c in sentence.children(node, "mark", "advmod")):
        yield from _governor(head, Certainty.POSSIBLE, Certainty.REPORTED)
        return
    if head.lemma == "be":
        for one in sentence.children(head, "acomp", "attr", "nsubj"):
            if one.at != node.at and (one.is_noun or one.tag.startswith(("JJ", "VB"))):
                yield from _embedder(one)
        return
    if node.at > head.at or classes_of(head):
        yield from _embedder(head, without=Certainty.INTENDED)


def _behind_preposition(preposition: Word, head: Word, through: Word) -> Iterator[Governor]:
    low = preposition.folded
    classes = classes_of(head)
    if low in _NOT_SO:
        yield from _governor(preposition, Certainty.NEGATED)
    if through.relation == "pcomp":
        if low == "from" and head.lemma in _KEEP_FROM:
            yield from _governor(head, Certainty.NEGATED)
        elif low in _BEFORE_CLAUSES:
            yield from _embedder(head)
    elif through.relation == "pobj" and through.entity not in {"DATE", "TIME", "PERSON", "ORG", "GPE"}:
        if head.is_noun and low in _BEFORE_NOUNS and head.root in _CONTENT_NOUNS:
            yield from _governor(head, *classes)
        elif head.is_verb and low in _VERB_CONTENT:
            yield from _governor(head, *(classes & _VERB_CONTENT[low]))
