"""Whether quotes support a sentence: citation recall and precision in the sense of ALCE (Gao et al. 2023).

ALCE asks a language-inference model whether the cited passages entail a sentence. No such model is here, so what is
asked is less, and decided by the words alone:

- A sentence that is a quote is supported if one of its citations holds it, character for character but for white space.
- Any other sentence is supported if its citations together have every word of it that bears meaning (by its stem),
  every number and every negation. That is less than entailment: words can be put together to say what no quote says.
  It is more as well: a synonym is not seen. So for a language model's sentences both measures are of the words alone.

*Recall* of an answer is the share of its sentences that their citations together support; a sentence without
citations is not supported. *Precision* is the share of its citations that count: the sentence is supported by all of
its citations together, and this one supports it alone or is missed when it is taken away. Both are averaged over
answers, as ALCE does. Answers made of quotes alone have 1 in both by construction, and anything less is a fault.
"""

from collections.abc import Callable, Mapping, Sequence

from onrecord.index.text.english.negation import NEGATIONS
from onrecord.index.text.terms import content_terms, stems_in
from onrecord.service.evaluation.outcomes import Outcome

Supports = Callable[[str, Sequence[str]], bool]
"""A sentence, and the quotes that it cites."""


def supports(sentence: str, quotes: Sequence[str]) -> bool:
    """Return whether the quotes support the sentence, by the rules above."""
    plain = " ".join(sentence.split())
    if any(plain in " ".join(quote.split()) for quote in quotes):
        return True
    held = {stem for quote in quotes for stem in stems_in(quote)}
    wanted = {term.stem for term in content_terms(sentence)}
    negated = _negations(sentence) <= {word for quote in quotes for word in _negations(quote)}
    return bool(quotes) and bool(wanted) and wanted <= held and negated


def citation_recall(outcome: Outcome, supports: Supports = supports) -> float:
    """Return the share of the answer's sentences that are supported."""
    quotes = {cited.number: cited.quote for cited in outcome.citations}
    found = [supports(one.text, _quotes(quotes, one.citations)) for one in outcome.sentences]
    return sum(found) / len(found) if found else 0.0


def citation_precision(outcome: Outcome, supports: Supports = supports) -> float:
    """Return the share of the answer's citations, sentence by sentence, that count."""
    quotes = {cited.number: cited.quote for cited in outcome.citations}
    counts: list[bool] = []
    for sentence in outcome.sentences:
        cited = _quotes(quotes, sentence.citations)
        whole = supports(sentence.text, cited)
        for at, quote in enumerate(cited):
            rest = cited[:at] + cited[at + 1 :]
            counts.append(whole and (supports(sentence.text, [quote]) or not supports(sentence.text, rest)))
        # A number that names no citation supports nothing.
        counts += [False] * (len(sentence.citations) - len(cited))
    return sum(counts) / len(counts) if counts else 0.0


def _quotes(quotes: Mapping[int, str], numbers: Sequence[int]) -> list[str]:
    return [quotes[number] for number in numbers if number in quotes]


def _negations(text: str) -> set[str]:
    words = (word.strip(".,;:!?\"'()“”") for word in text.casefold().replace("’", "'").split())
    return {word for word in map(_negation, words) if word}


def _negation(word: str) -> str | None:
    if word == "cannot" or word.endswith("n't"):
        return "not"
    return word if word in NEGATIONS else None
