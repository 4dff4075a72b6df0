"""Who did what to whom: the names around a verb may not change sides, nor the two sides of a comparison."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from onrecord.index.text.english.function_words import BE_AND_HAVE, LESS, MORE
from onrecord.index.text.english.word_sets import word_set
from onrecord.service.answers.facts.forms import root
from onrecord.service.answers.facts.polarity import are_opposites
from onrecord.service.answers.prose.gate.factuality.parsed_sentence import ParsedSentence, Word

_PAIRS = """
lend borrow; buy sell; give receive; teach learn; win lose; employ work; pay receive; follow precede; hire work;
beat lose; defeat lose; succeed precede; own belong; send receive; export import
"""
_CONVERSES = {
    root(one): root(other)
    for pair in _PAIRS.replace("\n", " ").split(";")
    for one, other in (pair.split(), reversed(pair.split()))
}
"""Verbs that tell one event from two sides: what one person buys, the other sells."""
_OBJECT_CONTROL = word_set(
    "ask order tell urge accuse prevent advise force allow help invite persuade charge suspect acquit clear convict "
    "fine blame stop ban sentence arrest encourage warn teach make let see want expect"
)
"""Verbs whose object is the doer of the clause behind them: "ask him to go"."""
_SUBJECTS = ("nsubj", "nsubjpass")


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The names and nouns around a verb, by their roots; empty where the sentence does not name them."""

    doers: frozenset[str]
    others: frozenset[str]
    """The roots of objects, receivers and nouns behind prepositions."""
    doer: Word | None
    """The noun that does it; None if no doer is a noun."""
    is_new: bool = False
    """Whether the doer is one that nobody has spoken of before: "a company"."""
    owners: frozenset[str] = frozenset()
    """The roots of the doer's owners: "Drew" of "Drew's predecessor"."""


def changed_sides(claim: ParsedSentence, evidence: Sequence[ParsedSentence]) -> str | None:
    """Say which verb the claim tells of another doer than the evidence does; None if it does so with none."""
    events = [(sentence, one) for sentence in evidence for one in sentence.words if _is_event(one)]
    for verb in claim.words:
        if not _is_event(verb) or not claim.children(verb, *_SUBJECTS, "agent"):
            continue
        if claim.children(verb, "neg"):
            # Who did not do it is somebody else than who did.
            continue
        ours = roles_of(claim, verb)
        theirs = [roles_of(sentence, one) for sentence, one in events if one.root == verb.root]
        same = ((sentence, one) for sentence in evidence for one in sentence.words if one.root == verb.root)
        theirs += [roles for sentence, one in same if (roles := _roles_of_noun(sentence, one))]
        if not theirs:
            theirs = [_turned(sentence, one) for sentence, one in events if _CONVERSES.get(verb.root) == one.root]
        reasons = [_swap(ours, roles, verb, claim.roots) for roles in theirs]
        if reasons and all(reasons):
            return reasons[0]
    return None


def _is_event(word: Word) -> bool:
    return (
        word.is_verb and word.relation not in {"aux", "auxpass", "amod", "compound"} and word.lemma not in BE_AND_HAVE
    )


def _swap(ours: Roles, theirs: Roles, verb: Word, mentioned: frozenset[str]) -> str | None:
    if ours.doer is None or not ours.doers:
        return None
    if theirs.doers:
        if ours.doers & theirs.doers:
            # The doer is the same; who else takes part may differ in words.
            return None
        if ours.doers & (theirs.owners | theirs.others) or theirs.doers <= mentioned:
            return f"the passage does not say “{verb.text}” of “{ours.doer.text}”, but of somebody else"
        if theirs.doer is not None and _is_another(ours, theirs):
            return f"the passage says “{verb.text}” of “{theirs.doer.text}”, not of “{ours.doer.text}”"
        return None
    if ours.doers & theirs.others:
        return f"the passage says that “{verb.text}” was done to “{ours.doer.text}”, and not by it"
    return None


def _is_another(ours: Roles, theirs: Roles) -> bool:
    """Say whether two doers without a word in common cannot be one: two names, a name and a crowd, or "a company"."""
    if ours.doer is None or theirs.doer is None or not ours.doer.is_name:
        return False
    if theirs.doer.is_name:
        return ours.doer.entity == theirs.doer.entity or bool(ours.others & theirs.others)
    many = theirs.doer.tag == "NNS" and ours.doer.entity == "PERSON"
    return many or theirs.is_new


def roles_of(sentence: ParsedSentence, verb: Word) -> Roles:
    """Return the verb's doers and its other parties.

    The doers are its subjects, or the agent of a passive; the others are objects, receivers and nouns behind
    prepositions.
    """
    doers: list[Word] = []
    others: list[Word] = []
    passive = bool(sentence.children(verb, "nsubjpass", "auxpass")) or (
        verb.tag == "VBN" and verb.relation in {"acl", "relcl"} and not sentence.children(verb, "aux", *_SUBJECTS)
    )
    for child in sentence.children(verb):
        if child.relation == "nsubj":
            doers.append(child)
        elif child.relation in {"nsubjpass", "dobj", "dative", "oprd", "attr"}:
            others.extend(_behind(sentence, child))
        elif child.relation == "agent":
            doers.extend(sentence.children(child, "pobj"))
        elif child.relation == "prep":
            for noun in sentence.children(child, "pobj"):
                if noun.entity not in {"DATE", "TIME"}:
                    (doers if passive and child.folded == "by" else others).append(noun)
    if passive and not sentence.children(verb, "nsubjpass"):
        others.extend(_understood(sentence, verb))
    elif not passive and not sentence.children(verb, "nsubj"):
        doers.extend(_understood(sentence, verb))
    doers = [one for each in doers for one in _antecedent(sentence, verb, each)]
    others = [one for each in others for one in _antecedent(sentence, verb, each)]
    doer = next((one for one in doers if one.is_noun), None)
    ours = _roots(sentence, doers)
    new = doer is not None and any(one.folded in {"a", "an"} for one in sentence.children(doer, "det"))
    return Roles(
        doers=ours, others=_roots(sentence, others) - ours, doer=doer, is_new=new, owners=_owners(sentence, doers)
    )


def _roles_of_noun(sentence: ParsedSentence, noun: Word) -> Roles | None:
    """Return the roles around a noun for an event, as "Ray's suit against Lunt"; None if it names no doer."""
    if not noun.is_noun or noun.is_name:
        return None
    doers = list(sentence.children(noun, "poss"))
    others: list[Word] = []
    for preposition in sentence.children(noun, "prep"):
        for one in sentence.children(preposition, "pobj"):
            (doers if preposition.folded == "by" else others).append(one)
    doer = next((one for one in doers if one.is_noun), None)
    if doer is None:
        return None
    ours = _roots(sentence, doers) | frozenset(one.root for one in doers)
    return Roles(doers=ours, others=_roots(sentence, others) - ours, doer=doer)


def _behind(sentence: ParsedSentence, child: Word) -> Iterator[Word]:
    """Yield an object and the nouns behind its prepositions, or the noun behind the "to" of a receiver."""
    if child.is_noun or child.tag.startswith(("PRP", "CD", "WP")):
        yield child
        for preposition in sentence.children(child, "prep"):
            if preposition.folded in {"from", "to", "against", "by"}:
                yield from sentence.children(preposition, "pobj")
    yield from sentence.children(child, "pobj")


def _understood(sentence: ParsedSentence, verb: Word) -> list[Word]:
    """Return the doers of a verb without a subject: the subjects of the verb above it, or that verb's objects."""
    head = sentence.head(verb)
    steps = 0
    while head is not None and steps < 4:
        steps += 1
        if verb.relation in {"acl", "relcl"} and head.is_noun:
            return [head]
        if head.is_verb:
            objects = sentence.children(head, "dobj", "nsubjpass")
            if verb.relation != "conj" and objects and head.lemma in _OBJECT_CONTROL:
                return list(objects)
            subjects = sentence.children(head, *_SUBJECTS)
            if subjects:
                return list(subjects)
        verb, head = head, sentence.head(head)
    return []


def _antecedent(sentence: ParsedSentence, verb: Word, word: Word) -> list[Word]:
    """Return the noun that a relative pronoun stands for; any other word stands for itself."""
    if word.tag not in {"WP", "WDT"}:
        return [word]
    clause: Word | None = verb
    while clause is not None and clause.relation != "relcl":
        clause = sentence.head(clause)
    head = sentence.head(clause) if clause is not None else None
    return [head] if head is not None else []


def _roots(sentence: ParsedSentence, words: Sequence[Word]) -> frozenset[str]:
    return frozenset(
        part.root
        for word in words
        for part in sentence.phrase(word)
        if part.is_noun and part.relation != "poss" and part.entity not in {"DATE", "TIME"}
    )


def _owners(sentence: ParsedSentence, words: Sequence[Word]) -> frozenset[str]:
    return frozenset(
        part.root for word in words for owner in sentence.children(word, "poss") for part in sentence.phrase(owner)
    )


def _turned(sentence: ParsedSentence, verb: Word) -> Roles:
    """Return the roles of a verb from the side of its converse, if a name stands on that side; else none."""
    roles = roles_of(sentence, verb)
    doer = next((one for one in sentence.words if one.root in roles.others and one.is_name), None)
    if doer is None:
        return Roles(doers=frozenset(), others=frozenset(), doer=None)
    return Roles(doers=roles.others, others=roles.doers, doer=doer)


def changed_comparison(claim: ParsedSentence, evidence: ParsedSentence) -> str | None:
    """Say which comparison the claim turns around; None if it turns none."""
    if len(_comparatives(claim)) > 1:
        return None
    for ours in _comparatives(claim):
        for theirs in _comparatives(evidence):
            turned = _is_turned(ours, theirs)
            if turned is None:
                continue
            ours_behind, theirs_behind = _behind_than(claim, ours), _behind_than(evidence, theirs)
            ours_before, theirs_before = _before_than(claim, ours), _before_than(evidence, theirs)
            crossed = bool(ours_behind & theirs_before - theirs_behind and ours_before & theirs_behind - theirs_before)
            straight = bool(ours_behind & theirs_behind)
            if not crossed and not straight:
                continue
            if turned != crossed:
                return f"it says “{ours.text}” where the passage says “{theirs.text}” the other way round"
    return None


def _comparatives(sentence: ParsedSentence) -> list[Word]:
    if "than" not in sentence.folded:
        return []
    return [word for word in sentence.words if word.tag in {"JJR", "RBR"}]


def _is_turned(ours: Word, theirs: Word) -> bool | None:
    """Say whether two comparatives are opposites; None if they have nothing to do with each other."""
    one, other = ours.folded, theirs.folded
    if one == other or ours.root == theirs.root or {one, other} <= LESS:
        return False
    if {one, other} & MORE and {one, other} & LESS or are_opposites(root(ours.lemma), root(theirs.lemma)):
        return True
    return None


def _than(sentence: ParsedSentence, comparative: Word) -> int:
    return next(
        (word.at for word in sentence.words if word.at > comparative.at and word.folded == "than"),
        len(sentence.words),
    )


def _behind_than(sentence: ParsedSentence, comparative: Word) -> set[str]:
    return _told(sentence.words[_than(sentence, comparative) + 1 :])


def _before_than(sentence: ParsedSentence, comparative: Word) -> set[str]:
    return _told(sentence.words[: _than(sentence, comparative)])


def _told(words: Sequence[Word]) -> set[str]:
    return {
        word.root
        for word in words
        if (word.is_noun or word.is_verb or word.tag == "CD") and word.lemma not in BE_AND_HAVE
    }
