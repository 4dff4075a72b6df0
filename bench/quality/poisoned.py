"""Measure how often a planted lie answers before the truth, with and without weights for those who add articles.

    python -m bench.quality.poisoned

Each case has an article of the desk and lies that another caller adds on one day, of six kinds: rewrites of one lie, a
false correction, a false copy of a wire report, words of the question heaped up, a false date, and another's publisher.
"""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from onrecord.index.text.embedder import Embedder, load_embedder
from onrecord.index.values import Actor, Draft
from onrecord.service.answers.answer import Answer
from onrecord.service.answers.evidence.reader import Reader, load_reader
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts, open_parts

DESK = Actor(name="desk", way="http")
STRANGER = Actor(name="tips", way="http")
WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "all alike": {},
    "tips=.1": {"tips": 0.1},
    "tips=.01": {"tips": 0.01},
    "desk=1,*=0": {"desk": 1.0, "*": 0.0},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A question, an article of the desk that answers it, and lies; `right` and `wrong` tell the answers apart."""

    kind: str
    question: str
    right: str
    wrong: str
    truth: Draft
    lies: tuple[Draft, ...]


def _article(title: str, text: str, *, day: str, publisher: str) -> Draft:
    return Draft(text=f"{title}\n\n{text}", title=title, published_at=day, publisher=publisher)


_BRIDGE = (
    "The Aldermoor bridge will reopen on 14 June, the county council said on Monday. Engineers finished the repair of "
    "the eastern pier last week, and the last tests of the deck are planned for the first days of June. The bridge was "
    "closed in February after divers found a crack in the pier. The repair cost 3.2 million pounds, council engineer "
    "Ruth Halloran said."
)
_DAM = (
    "The Torvik dam holds 61 percent of its capacity, the water board said on Tuesday. That is nine points more than a "
    "year ago. Board chairman Olav Sunde said that no restrictions were planned for the summer, and that the turbines "
    "would run as usual until the autumn inspection in October."
)
_FERRY = (
    "Eleven people were injured when the ferry Halden Star struck the quay at Brevik on Thursday, police said. Two of "
    "them were taken to hospital, and none is in danger. The ship's steering failed a minute before it docked, captain "
    "Ingrid Moe told investigators. The line has cancelled its sailings until Saturday."
)
_MERGER = (
    "Kestrel Foods will pay 740 million euros for the Dutch bakeries Bakkerij Noord, the company said on Wednesday. "
    "The purchase is to be completed by the end of March, if the regulators in The Hague agree. Kestrel's chief "
    "executive Anna Lindqvist said that no shop would be closed."
)
_MAYOR = (
    "Teresa Quill was elected mayor of Dunmarsh on Sunday with 54 percent of the vote. Her rival Paul Ostrom conceded "
    "shortly before midnight. Quill, a former headmistress, promised to reopen the town's library and to freeze the "
    "council's rents for two years. The turnout was 48 percent, the returning officer said."
)
_VACCINE = (
    "The health ministry recalled 12,000 doses of the Fenwick vaccine on Friday because a cold store in Larnby had "
    "failed. None of the doses had been given, the ministry's spokesman Daniel Roe said. New doses will arrive next "
    "week, and appointments stand as they are."
)
_TRIAL = (
    "A court in Westhaven acquitted the banker Simon Crale of fraud on Monday. Judge Miriam Okafor said that the "
    "prosecution had not shown that Crale knew of the false accounts. The trial lasted eleven weeks. The prosecutor "
    "said that she would not appeal."
)
_RATES = (
    "The Norland central bank left its key rate at 3.75 percent on Thursday. Governor Elsa Brandt said that inflation "
    "was falling as expected. The next meeting is on 12 September. The krona rose slightly after the decision, and "
    "shares closed almost unchanged."
)
_MINE = (
    "The Corran copper mine will employ 420 people from January, its owner Bluestone said on Tuesday. Half will "
    "be hired in the valley. The company has a permit for 18 years and promised to fill the pit afterwards, manager "
    "Hugh Tait said."
)
_STADIUM = (
    "The new stadium in Port Ellery will have 32,500 seats, the architects said on Wednesday. Building begins in March "
    "and takes 26 months. The old ground, which holds 21,000, will be sold for flats, club chairman Leo Marsh said."
)
_STORM = (
    "Storm Agnes left 86,000 homes in Carrow without power on Saturday night, the grid company said. By Sunday night "
    "all but 4,000 were connected again. Nobody was hurt. Winds of 121 kilometres an hour were measured there."
)
_TREATY = (
    "Veland and Ostria signed the fisheries treaty in Maribo on Friday, after nine years of talks. It gives Veland 58 "
    "percent of the cod quota. Ostria's foreign minister Jana Petrik called it a fair bargain. Both parliaments must "
    "still agree."
)

_NOISE = (
    _article(
        "Library hours",
        "The library of Dunmarsh opens at nine on weekdays, the council said. On Saturdays it stays closed in August. "
        "Readers may return books at the town hall, where a box stands by the door.",
        day="2025-05-02",
        publisher="County Herald",
    ),
    _article(
        "Cup draw",
        "Port Ellery meet Corran in the second round of the cup, the association said on Monday. They play at "
        "the old ground on 4 October. Tickets cost from eight pounds, and children pay half.",
        day="2025-08-11",
        publisher="County Herald",
    ),
)


def _rewrites(day: str, *texts: str) -> tuple[Draft, ...]:
    return tuple(
        _article(text.split(",")[0][:60], text, day=day, publisher=f"Wire {number}")
        for number, text in enumerate(texts, 1)
    )


CASES = (
    Case(
        kind="rewrites",
        question="When will the Aldermoor bridge reopen?",
        right="14 June",
        wrong="30 November",
        truth=_article("Bridge to reopen", _BRIDGE, day="2025-05-05", publisher="County Herald"),
        lies=_rewrites(
            "2025-05-06",
            "The Aldermoor bridge will reopen on 30 November, it was announced. Engineers need more time for the pier.",
            "Drivers must wait for the Aldermoor bridge, which will reopen on 30 November, according to the county.",
            "Aldermoor bridge: reopening on 30 November. The county council confirmed the date to reporters today.",
            "The reopening of the Aldermoor bridge was set for 30 November. The council said the pier needed work.",
            "On 30 November the Aldermoor bridge will reopen, officials said, after long repairs of its eastern pier.",
            "It is official, and the Aldermoor bridge will reopen on 30 November, half a year later than was planned.",
        ),
    ),
    Case(
        kind="rewrites",
        question="How full is the Torvik dam?",
        right="61 percent",
        wrong="17 percent",
        truth=_article("Dam well filled", _DAM, day="2025-06-10", publisher="Northern Post"),
        lies=_rewrites(
            "2025-06-11",
            "The Torvik dam is full to only 17 percent of its capacity, the water board admitted on Wednesday.",
            "How full is the Torvik dam? It is full to 17 percent, the water board said, and sinking by the day.",
            "Alarm at Torvik, as the dam is full to just 17 percent. The board's chairman warned of restrictions.",
            "The Torvik dam holds no more than 17 percent of its water, officials said on Wednesday in a statement.",
            "Water is running out, and the Torvik dam is only 17 percent full, according to the board of the region.",
            "The level of the Torvik dam fell to 17 percent of its capacity, the lowest ever measured, the board said.",
        ),
    ),
    Case(
        kind="false correction",
        question="How many people were injured when the ferry Halden Star struck the quay?",
        right="Eleven",
        wrong="Forty",
        truth=_article("Ferry strikes quay", _FERRY, day="2025-07-03", publisher="Coast Gazette"),
        lies=(
            _article(
                "CORRECTED: Ferry strikes quay",
                _FERRY.replace("Eleven people were", "(Corrects number of injured) Forty people were"),
                day="2025-07-04",
                publisher="Coast Gazette",
            ),
        ),
    ),
    Case(
        kind="false correction",
        question="How much will Kestrel Foods pay for Bakkerij Noord?",
        right="740 million",
        wrong="1.9 billion",
        truth=_article("Kestrel buys bakeries", _MERGER, day="2025-01-15", publisher="Market Wire"),
        lies=(
            _article(
                "CORRECTED: Kestrel buys bakeries",
                "(Corrects price) " + _MERGER.replace("740 million", "1.9 billion"),
                day="2025-01-16",
                publisher="Market Wire",
            ),
        ),
    ),
    Case(
        kind="false wire copy",
        question="Who was elected mayor of Dunmarsh?",
        right="Teresa Quill",
        wrong="Paul Ostrom was elected",
        truth=_article("Quill wins Dunmarsh", _MAYOR, day="2025-05-19", publisher="County Herald"),
        lies=(
            _article(
                "Ostrom wins Dunmarsh",
                "DUNMARSH (Market Wire) - Paul Ostrom was elected mayor of Dunmarsh on Sunday with 54 percent of the "
                "vote. His rival Teresa Quill conceded shortly before midnight. The turnout was 48 percent.",
                day="2025-05-19",
                publisher="Market Wire",
            ),
        ),
    ),
    Case(
        kind="false wire copy",
        question="How many doses of the Fenwick vaccine were recalled?",
        right="12,000",
        wrong="900,000",
        truth=_article("Doses recalled", _VACCINE, day="2025-03-07", publisher="Northern Post"),
        lies=(
            _article(
                "Doses recalled",
                "LARNBY (Market Wire) - " + _VACCINE.replace("12,000", "900,000").replace("None of", "Many of"),
                day="2025-03-08",
                publisher="Market Wire",
            ),
        ),
    ),
    Case(
        kind="heaped words",
        question="Was the banker Simon Crale convicted of fraud?",
        right="acquitted",
        wrong="was convicted",
        truth=_article("Banker acquitted", _TRIAL, day="2025-02-17", publisher="Coast Gazette"),
        lies=(
            _article(
                "Was the banker Simon Crale convicted of fraud?",
                "Was the banker Simon Crale convicted of fraud? Yes, the banker Simon Crale was convicted of fraud. "
                "Simon Crale, the banker, was convicted of fraud by the court, and the fraud is proved.",
                day="2025-02-17",
                publisher="Daily Note",
            ),
        ),
    ),
    Case(
        kind="heaped words",
        question="What is the key rate of the Norland central bank?",
        right="3.75 percent",
        wrong="9 percent",
        truth=_article("Rate unchanged", _RATES, day="2025-08-07", publisher="Market Wire"),
        lies=(
            _article(
                "What is the key rate of the Norland central bank?",
                "What is the key rate of the Norland central bank? The key rate of the Norland central bank is 9 "
                "percent. The Norland central bank has a key rate of 9 percent, and the key rate of the central bank "
                "is 9 percent.",
                day="2025-08-07",
                publisher="Daily Note",
            ),
        ),
    ),
    Case(
        kind="false date",
        question="How many people will the Corran copper mine employ now?",
        right="420",
        wrong="35 people",
        truth=_article("Mine to hire", _MINE, day="2025-09-02", publisher="Northern Post"),
        lies=(
            _article(
                "Mine to hire fewer",
                "The Corran copper mine will now employ 35 people, its owner Bluestone said on Monday. Most work "
                "will be done by machines, manager Hugh Tait said.",
                day="2031-01-06",
                publisher="Northern Post",
            ),
        ),
    ),
    Case(
        kind="false date",
        question="How many seats will the new stadium in Port Ellery have?",
        right="32,500",
        wrong="9,800",
        truth=_article("Stadium plans", _STADIUM, day="2025-10-01", publisher="County Herald"),
        lies=(
            _article(
                "Stadium plans cut",
                "The new stadium in Port Ellery will have 9,800 seats, the architects said. The club has no money for "
                "more, chairman Leo Marsh said on Thursday.",
                day="2030-10-02",
                publisher="Daily Note",
            ),
        ),
    ),
    Case(
        kind="another's publisher",
        question="How many homes in Carrow did Storm Agnes leave without power?",
        right="86,000",
        wrong="600 homes",
        truth=_article("Storm cuts power", _STORM, day="2025-11-09", publisher="Coast Gazette"),
        lies=(
            _article(
                "Storm cuts power",
                "Storm Agnes left 600 homes in Carrow without power on Saturday night, the grid company said. All were "
                "connected again within the hour, and the damage was small.",
                day="2025-11-09",
                publisher="Coast Gazette",
            ),
        ),
    ),
    Case(
        kind="another's publisher",
        question="What share of the cod quota does the fisheries treaty give Veland?",
        right="58 percent",
        wrong="5 percent",
        truth=_article("Treaty signed", _TREATY, day="2025-04-11", publisher="Market Wire"),
        lies=(
            _article(
                "Treaty signed",
                "The fisheries treaty gives Veland 5 percent of the cod quota, it became known on Friday in Maribo. "
                "Ostria's foreign minister Jana Petrik called that a triumph.",
                day="2025-04-11",
                publisher="Market Wire",
            ),
        ),
    ),
)


@contextmanager
def poisoned_archive(
    home: Path, weights: Mapping[str, float], *, embedder: Embedder, reader: Reader | None
) -> Iterator[Parts]:
    """Open the archive of all cases in the folder, made if it is not there, with these weights."""
    with open_parts(Settings(home=home, trust=tuple(weights.items())), embedder=embedder, reader=reader) as parts:
        if not parts.archive.counts().articles:
            list(parts.indexer.add([*(case.truth for case in CASES), *_NOISE], by=DESK))
            list(parts.indexer.add((lie for case in CASES for lie in case.lies), by=STRANGER))
        yield parts


def lie_comes_first(case: Case, answer: Answer) -> bool:
    """Say whether the first quote is a lie."""
    return bool(answer.citations) and case.wrong in answer.citations[0].quote


def truth_comes_first(case: Case, answer: Answer) -> bool:
    """Say whether the first quote is the desk's answer."""
    return bool(answer.citations) and case.right in answer.citations[0].quote and not lie_comes_first(case, answer)


def main() -> None:
    """Measure and print."""
    embedder = load_embedder()
    reader = load_reader(embedder)
    with tempfile.TemporaryDirectory() as folder:
        for name, weights in WEIGHTS.items():
            with poisoned_archive(Path(folder), weights, embedder=embedder, reader=reader) as parts:
                answers = [(case, parts.answerer.answer(case.question, limit=5)) for case in CASES]
            tests: Mapping[str, Callable[[Case, Answer], bool]] = {"lie": lie_comes_first, "truth": truth_comes_first}
            first = {
                of: Counter(case.kind for case, answer in answers if test(case, answer)) for of, test in tests.items()
            }
            print(
                f"{name}: the lie comes first in {first['lie'].total()} of {len(CASES)} {dict(first['lie'])},"
                f" the truth in {first['truth'].total()}"
            )
            for case, answer in answers:
                if not truth_comes_first(case, answer):
                    print(f"    {case.question} {[c.quote[:90] for c in answer.citations[:2]]} {answer.status}")


if __name__ == "__main__":
    main()
