"""Quotations with their speakers: the five seeds read by hand, each construct, and what holds for any text."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.index.articles.news.article_reader import read_article
from onrecord.index.speech.quotations import Quotation, QuotationKind, find_quotations
from onrecord.index.text.sentences import split_sentences
from onrecord.index.values import Block, BlockKind, Span
from tests.paths import SEEDS

RUBIO = "Secretary of State Marco Rubio arrived on Monday. "


def read_out(text: str, blocks: list[Block]) -> list[Quotation]:
    sentences = [sentence for block in blocks for sentence in split_sentences(text, block.span)]
    return find_quotations(text, blocks, sentences)


def quotations_of(text: str) -> list[Quotation]:
    """Read a text whose every line is a paragraph."""
    blocks: list[Block] = []
    start = 0
    for line in text.split("\n"):
        if line.strip():
            blocks.append(Block(span=Span(start, start + len(line)), kind=BlockKind.PARAGRAPH))
        start += len(line) + 1
    return read_out(text, blocks)


def said(text: str) -> list[tuple[str, str, str | None]]:
    """Return kind, words and speaker of each quotation."""
    return [(q.kind.value, q.text, q.speaker) for q in quotations_of(text)]


@pytest.fixture(scope="module")
def seeds() -> dict[str, tuple[str, list[Quotation]]]:
    read: dict[str, tuple[str, list[Quotation]]] = {}
    for path in sorted(SEEDS.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        read[path.name[:3]] = text, read_out(text, list(read_article(text).blocks))
    return read


TRUMP = "Donald Trump", "United States President"
ZELENSKYY = "Volodymyr Zelenskyy", "Ukrainian President"
US_SECRETARY = "Marco Rubio", "US Secretary of State"
UMEROV = "Rustem Umerov", "Ukrainian security chief"
SYBIHA = "Andrii Sybiha", "Ukrainian Foreign Minister"

# Every stretch in quotation marks in the seeds, with who said it.
IN_MARKS = [
    ("000", "“peacemaking leadership”", *SYBIHA),
    ("001", "“there’s still work to be done,”", "Marco Rubio", "U.S. Secretary of State"),
    ("001", "“delicate”", "Marco Rubio", "U.S. Secretary of State"),
    ("001", "“complicated.”", "Marco Rubio", "U.S. Secretary of State"),
    ("001", "“some constructive progress.”", "Vladimir Zelensky", "Ukrainian President"),
    ("001", "“legally impossible”", "Vladimir Putin", "Russian President"),
    ("002", "“begun arrangements”", *TRUMP),
    (
        "002",
        "“Again, this was a very good, early step for a war that has been going on for almost four years,”",
        *TRUMP,
    ),
    ("002", "“a very good conversation”", *ZELENSKYY),
    ("002", "“first line of defence,”", *TRUMP),
    ("002", "“We’re going to help them out also, we’re going to be involved,”", *TRUMP),
    ("002", "“with coordination by the US.”", *TRUMP),
    ("002", "“breakthrough,”", "Mark Rutte", "NATO Secretary-General"),
    ("002", "“swapping, changes in land”", *TRUMP),
    (
        "002",
        "“Obviously, land or where you draw those lines , where the war stops is going to be part of that "
        "conversation,”",
        "Marco Rubio",
        "Secretary of State",
    ),
    ("002", "“We will leave the issue of territories between me and Putin.”", *ZELENSKYY),
    (
        "002",
        "“If the Russian leadership does not feel significant pressure, primarily economic and sanctions-related, "
        "Russia will ignore calls for peace or set unacceptable conditions,”",
        "Yurii Poita",
        None,
    ),
    (
        "002",
        "“If Russia continues to treat Ukraine through an imperial lens and maximalist demands, seeking to seize "
        "territory and dictate political control, then no agreement will be possible, as it would mean Ukraine "
        "surrendering its sovereignty,”",
        "Iryna Skubii",
        "Ukrainian studies fellow at the University of Melbourne",
    ),
    ("003", "“a matter of days.”", "Politico", None),
    ("004", "‘Productive’", *US_SECRETARY),
    ("004", "“reliable security guarantees”", "Washington", None),
    ("004", "“productive”", *US_SECRETARY),
    ("004", "“delicate”", *US_SECRETARY),
    ("004", "“complicated”", *US_SECRETARY),
    ("004", "“a lot of moving parts”", *US_SECRETARY),
    ("004", "“basis for future agreements”", "Vladimir Putin", "President"),
    ("004", "“super supportive”", *UMEROV),
    ("004", "“constructive approach”", "Volodymyr Zelenskyy", "President"),
    ("004", "“dignified end”", "Volodymyr Zelenskyy", "President"),
    ("004", "“difficult days”", "Theresa Fallon", "director of the Centre for Russia Europe Asia Studies"),
]


@pytest.mark.parametrize(("seed", "words", "speaker", "role"), IN_MARKS)
def test_every_quote_of_the_seeds_has_its_speaker(
    seeds: dict[str, tuple[str, list[Quotation]]], seed: str, words: str, speaker: str, role: str | None
) -> None:
    """The closest claim round each stretch in quotation marks names who said it, in full, with the role."""
    text, quotations = seeds[seed]
    at = text.index(words)
    around = [q for q in quotations if q.span.contains(Span(at, at + len(words)))]
    closest = min(around, key=lambda q: len(q.span))
    assert (closest.speaker, closest.role) == (speaker, role)


def test_the_table_of_the_seeds_misses_no_quotation_mark(seeds: dict[str, tuple[str, list[Quotation]]]) -> None:
    """Every opening mark in the seeds is in the table above, but the three scare quotes of the second."""
    listed = {(seed, words[0], seeds[seed][0].index(words)) for seed, words, *_ in IN_MARKS}
    marks = {(seed, text[n], n) for seed, (text, _) in seeds.items() for n in range(len(text)) if text[n] in "“‘"}
    unlisted = {(seed, seeds[seed][0][n : n + 5]) for seed, _, n in marks - listed}
    assert unlisted == {("002", "“terr"), ("002", "“sove"), ("002", "“long")}


def test_scare_quotes_of_the_seeds_are_nobodys(seeds: dict[str, tuple[str, list[Quotation]]]) -> None:
    """“territory”, “sovereignty” and “long-term security” are the reporter's questions, nobody's words."""
    text, quotations = seeds["002"]
    at = text.index("“territory”")
    assert [q for q in quotations if q.span.overlaps(Span(at, at + 60))] == []


@pytest.mark.parametrize(
    ("seed", "words", "speaker", "reported_by"),
    [
        ("000", "the talks had been expected to follow a series of summits", "Reuters", None),
        ("000", "Kyiv’s priority remained the establishment of firm", "Andrii Sybiha", None),
        ("000", "Ukraine considered such guarantees to be multidimensional", "Andrii Sybiha", None),
        ("000", "the Ukrainian military would continue to serve as the cornerstone", "Andrii Sybiha", None),
        ("000", "appreciation for Rubio’s leadership in the discussions", "Andrii Sybiha", "Reuters"),
        ("000", "Trump had tasked the Secretary of State", None, None),
        ("001", "they would need time to find appropriate formulations", None, None),
        ("002", "the meeting would begin with bilateral talks", "Donald Trump", None),
        ("002", "he was prepared to meet the Russian leader one-on-one", "Volodymyr Zelenskyy", None),
        ("002", "Putin and Trump supported the continuation", "Yuri Ushakov", "TASS"),
        ("002", "the guarantees would be finalised within seven to ten days", "Volodymyr Zelenskyy", None),
        ("002", "Putin appeared open to a security arrangement", "Steve Witkoff", None),
        ("002", "there was no discussion about deploying US or European troops", "Mark Rutte", None),
        ("002", "real guarantees would require European troops", "Konstantin Sonin", None),
        ("002", "Crimea would not return to Ukraine in any settlement", "Donald Trump", None),
        ("002", "both sides would need to make concessions", "Marco Rubio", None),
        ("002", "the White House meeting could cautiously be called a success", "Yurii Poita", None),
        ("002", "unresolved issues remain", "Yurii Poita", None),
        ("002", "peace talks would fail if Russia continued", "Iryna Skubii", None),
        ("003", "American negotiators plan to meet with Russian representatives", "Reuters", None),
        ("003", "he may also join the meeting", "Marco Rubio", None),
        ("003", "he wants US security guarantees to be approved by Congress", "Volodymyr Zelenskyy", None),
        ("003", "the Budapest Memorandum scenario must not be repeated", "Volodymyr Zelenskyy", None),
        ("004", "his delegation arrived with clear directives", "Rustem Umerov", None),
        ("004", "Ukraine’s position is tightening", None, None),
        ("004", "any settlement must avoid rewarding Moscow", "Theresa Fallon", None),
    ],
)
def test_reported_speech_of_the_seeds_has_its_speaker(
    seeds: dict[str, tuple[str, list[Quotation]]], seed: str, words: str, speaker: str | None, reported_by: str | None
) -> None:
    """Words that a seed reports without marks are found from their first word on, with who said and who passed on."""
    text, quotations = seeds[seed]
    at = text.index(words)
    found = [q for q in quotations if q.span.start == at and q.kind is QuotationKind.REPORTED]
    assert [(q.speaker, q.reported_by) for q in found] == [(speaker, reported_by)]


def test_words_shared_by_two_people_are_one_quotation_for_each(
    seeds: dict[str, tuple[str, list[Quotation]]],
) -> None:
    """Merz and Rutte confirmed together, so each is on record with it."""
    _, quotations = seeds["002"]
    joint = [q for q in quotations if q.cue == "confirmed"]
    assert [(q.speaker, q.role) for q in joint] == [
        ("Friedrich Merz", "German Chancellor"),
        ("Mark Rutte", "NATO Secretary-General"),
    ]


@pytest.mark.parametrize("marks", ["“”", '""', "''", "‘’", "«»", "„“", "„”"])
@pytest.mark.parametrize(
    "form", ["{0}We agree,{1} Rubio said.", "{0}We agree,{1} said Rubio.", "Rubio said: {0}We agree.{1}"]
)
def test_every_kind_of_quotation_mark_holds_direct_speech(marks: str, form: str) -> None:
    """The span runs from the opening mark to the closing one, both included."""
    quotations = quotations_of(RUBIO + form.format(*marks))
    assert [(q.kind, q.speaker) for q in quotations] == [(QuotationKind.DIRECT, "Marco Rubio")]
    assert (quotations[0].text[0], quotations[0].text[-1]) == (marks[0], marks[1])


CONSTRUCTS = [
    ("“Obviously,” Rubio said, “land is part.”", [("direct", "“Obviously,”"), ("direct", "“land is part.”")]),
    ("“We agree,” Rubio told Fox News on Monday. “We do.”", [("direct", "“We agree,”"), ("direct", "“We do.”")]),
    ("“Will you go?” Rubio asked.", [("direct", "“Will you go?”")]),
    ("Writing on X, he noted that Kyiv was ready.", [("reported", "Kyiv was ready")]),
    ("On X, Rubio wrote: “Kyiv is ready.”", [("direct", "“Kyiv is ready.”")]),
    ("Rubio: “Kyiv is ready.”", [("direct", "“Kyiv is ready.”")]),
    ("Rubio told Fox News that both sides would yield.", [("reported", "both sides would yield")]),
    ("Rubio told reporters both sides would yield.", [("reported", "both sides would yield")]),
    ("Rubio later again and quietly said that both would yield.", [("reported", "both would yield")]),
    ("The talks would go on, Rubio said on Monday.", [("reported", "The talks would go on")]),
    ("The talks would go on, said Rubio.", [("reported", "The talks would go on")]),
    ("The talks, Rubio said, would go on.", [("reported", "The talks, Rubio said, would go on")]),
    ("According to Rubio, the deal is near.", [("reported", "the deal is near")]),
    ("The deal is near, according to Rubio.", [("reported", "The deal is near")]),
    ("In his words, the deal is “as good as done”.", [("mixed", "the deal is “as good as done”")]),
    ("He said the deal was “legally impossible”.", [("mixed", "the deal was “legally impossible”")]),
    ("Rubio described the talks as “productive”.", [("mixed", "the talks as “productive”")]),
    ("Rubio’s claim that the war was over surprised Kyiv.", [("reported", "the war was over surprised Kyiv")]),
    (
        "Rubio said both would yield, adding that time was short.",
        [("reported", "both would yield"), ("reported", "time was short")],
    ),
    ("“Yes,” he said. Then he left.", [("direct", "“Yes,”")]),
    ("Rubio, who was tired, said it was late.", [("reported", "it was late")]),
    ("Rubio, a Florida lawyer, 54, said it was late.", [("reported", "it was late")]),
    ("Rubio (R-Fla.) said it was late.", [("reported", "it was late")]),
]


@pytest.mark.parametrize(("sentence", "expected"), CONSTRUCTS)
def test_each_construct_is_read_and_given_to_its_speaker(sentence: str, expected: list[tuple[str, str]]) -> None:
    """Rubio said it, however the sentence is built."""
    assert said(RUBIO + sentence) == [(kind, words, "Marco Rubio") for kind, words in expected]


@pytest.mark.parametrize(
    "sentence",
    [
        "Tankers of the “shadow fleet” sailed on.",
        "Rubio boarded the so-called “dark ship” at dawn.",
        "The state reports and claims of the week were long.",
        "Rubio did not say whether he would go.",
        "Rubio declined to comment.",
        "Critics of the stated aim met Rubio.",
    ],
)
def test_what_nobody_said_is_no_quotation(sentence: str) -> None:
    """Scare quotes, nouns that look like cues, and silence yield nothing."""
    assert said(RUBIO + sentence) == []


BRIDGE = "The old bridge will close for the whole of June"


@pytest.mark.parametrize(
    "dateline",
    [
        "LINDAU —",
        "LINDAU –",
        "LINDAU -",
        "LINDAU --",
        "NEW LINDAU —",
        "ST. LINDAU —",
        "RIO de LINDAU —",
        "LINDAU, Germany —",
        "LINDAU, Ga. -",
        "LINDAU, Germany, Dec. 1 —",
        "LINDAU (AP) —",
    ],
)
@pytest.mark.parametrize("rest", ["{}, Mayor Tobias Kern said.", "{}, according to Mayor Tobias Kern."])
def test_a_dateline_is_no_part_of_what_is_said(dateline: str, rest: str) -> None:
    """The city is in capitals; a region, a date and an agency may follow it, and any dash."""
    assert said(f"{dateline} {rest.format(BRIDGE)}") == [("reported", BRIDGE, "Tobias Kern")]


@pytest.mark.parametrize(
    "words",
    [
        "NATO allies — all thirty — will meet in June",
        "IBM — the company — will close its works in June",
        "UN — The council will meet in June",
        "NATO Secretary Mark Rutte — The Hague knows him — will resign in June",
    ],
)
def test_capitals_and_a_dash_alone_are_no_dateline(words: str) -> None:
    """What is no city in capitals, or is followed by no sentence, stays a part of the words."""
    assert said(f"{words}, Mayor Tobias Kern said.") == [("reported", words, "Tobias Kern")]


def test_a_denial_is_marked() -> None:
    """What follows "denied" is the opposite of what the speaker says."""
    (quotation,) = quotations_of(RUBIO + "Rubio denied that he had lied.")
    assert (quotation.text, quotation.cue, quotation.denied) == ("he had lied", "denied", True)


@pytest.mark.parametrize(
    "sentence",
    [
        "TASS quoted Kremlin aide Yuri Ushakov as saying the talks would go on.",
        "Kremlin aide Yuri Ushakov was quoted by TASS as saying the talks would go on.",
    ],
)
def test_second_hand_words_name_who_said_and_who_passed_them_on(sentence: str) -> None:
    """Ushakov said it, TASS reported it."""
    (quotation,) = quotations_of(sentence)
    assert (quotation.text, quotation.speaker, quotation.role, quotation.reported_by) == (
        "the talks would go on",
        "Yuri Ushakov",
        "Kremlin aide",
        "TASS",
    )


def test_a_quote_that_runs_over_paragraphs_has_one_speaker() -> None:
    """Whether the name stands in its first paragraph or in its last."""
    first = "“We came a long way,” President Anna Kovach said. “We will go on.\n“And we will win.”"
    last = "“We came a long way. We will go on.\n“And we will win,” President Anna Kovach said."
    assert {speaker for _, _, speaker in said(first)} == {"Anna Kovach"}
    assert {speaker for _, _, speaker in said(last)} == {"Anna Kovach"}


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Ursula von der Leyen", "von der Leyen"),
        ("Ursula von der Leyen", "Von der Leyen"),
        ("Guido van Rossum", "van Rossum"),
        ("Charles de Gaulle", "De Gaulle"),
        ("Benicio del Toro", "Del Toro"),
        ("Eduardo dos Santos", "dos Santos"),
        ("Marine Le Pen", "Le Pen"),
        ("Omar al-Bashir", "al-Bashir"),
        ("Bashar al-Assad", "Assad"),
    ],
)
def test_a_surname_keeps_what_begins_it(name: str, short: str) -> None:
    """The particles of a name are the name's own, and its surname alone is the same person."""
    text = f"“We will wait until June,” {name} said on Monday.\n“Nothing is decided,” {short} added."
    assert [speaker for _, _, speaker in said(text)] == [name, name]
    text = f"President {name} said the talks were over. “They failed,” said {short}."
    assert [speaker for _, _, speaker in said(text)] == [name, name]


def test_a_headline_is_read() -> None:
    """A verb with a capital and a colon after a name count there, and the name is completed from the text."""
    for headline, words in [
        ("Rubio Says Deal Is ‘Near’", "Deal Is ‘Near’"),
        ("Rubio: Land will be part of the deal", "Land will be part of the deal"),
        ("Deal ‘is near’, says Marco Rubio", "Deal ‘is near’"),
    ]:
        text = headline + "\n" + RUBIO
        blocks = [
            Block(span=Span(0, len(headline)), kind=BlockKind.HEADLINE),
            Block(span=Span(len(headline) + 1, len(text)), kind=BlockKind.PARAGRAPH),
        ]
        assert [(q.text, q.speaker) for q in read_out(text, blocks)] == [(words, "Marco Rubio")]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Hillary Clinton and Bill Clinton arrived. Clinton said it was late.", None),
        ("Hillary Clinton and Bill Clinton arrived. Mrs. Clinton said it was late.", "Hillary Clinton"),
        ("Hillary Clinton met Peter Szabo. She said it was late.", "Hillary Clinton"),
        ("Foreign Minister Jane Doe met Foreign Minister Paul Roux. The minister said it was late.", None),
        ("Foreign Minister Jane Doe met Senator Paul Roux. The minister said it was late.", "Jane Doe"),
        ("Peter Szabo and Paul Roux met. They said it was late.", None),
        ("Officials met. He said it was late.", None),
        ("The president of France, Emmanuel Macron, said it was late.", "Emmanuel Macron"),
        ("Emmanuel Macron, the president of France, said it was late.", "Emmanuel Macron"),
        ("A spokesman for Emmanuel Macron said it was late.", None),
        ("“It is late,” said an aide to the former president, Emmanuel Macron.", None),
        ("“It is late,” said a friend of President Emmanuel Macron.", None),
        ("Supporters of Emmanuel Macron said it was late.", None),
        ("The mother of Emmanuel Macron said it was late.", None),
        ("Emmanuel Macron’s mother said it was late.", None),
        ("Emmanuel Macron left. His mother said it was late.", None),
        ("The readout from the office of Emmanuel Macron said it was late.", None),
        ("The secretary of state Emmanuel Macron said it was late.", "Emmanuel Macron"),
        ("Police said it was late.", None),
    ],
)
def test_a_name_is_completed_only_when_it_is_sure(text: str, speaker: str | None) -> None:
    """Surnames, titles and pronouns resolve to one person, and to nobody where two fit."""
    assert [q.speaker for q in quotations_of(text)] == [speaker]


@given(st.text(alphabet=st.sampled_from("aB.,:;?!— \n“”\"'‘’«»„()sHé"), max_size=300) | st.text(max_size=200))
@settings(deadline=None)
def test_marks_anywhere_never_break_the_reading(text: str) -> None:
    """Whatever the text, every span is an exact slice and the quotations come in order."""
    check(text)


WORDS = [
    *(
        "Marco Rubio",
        "Rubio",
        "he",
        "She",
        "the minister",
        "said",
        "says",
        "told",
        "denied",
        "quoted",
        "as saying",
        "that",
    ),
    *("according to", "who", "“", "”", '"', "'", ",", ".", "?", ":", "(", ")", "—", "and", "but", "adding", "in", "\n"),
    *("a deal", "was", "President", "Reuters", "’s", "claim", "words", "In his", "of", "Monday", "called it", "as"),
]


@given(st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join))
@settings(deadline=None)
def test_cues_in_any_order_never_break_the_reading(text: str) -> None:
    """Cues, names and marks in any order give exact slices, in order."""
    check(text)


def check(text: str) -> None:
    quotations = quotations_of(text)
    assert [q.span for q in quotations] == sorted(q.span for q in quotations)
    for q in quotations:
        assert q.text == q.span.of(text)
        assert q.text
        assert (q.cue is None) == (q.cue_span is None)
        assert q.cue_span is None or q.cue == q.cue_span.of(text)
        assert (q.speaker_mention is None) == (q.speaker_span is None)
        assert q.speaker_span is None or q.speaker_mention == q.speaker_span.of(text)
        assert q.speaker is None or q.speaker_mention is not None


@pytest.mark.parametrize(
    "piece",
    [
        '"',
        "“a ",
        "'a ",
        "said ",
        "he said that ",
        "“a,” he said ",
        "Bob Smith, ",
        "according to Bob ",
        ", said Bob",
        "A and ",
        "Trump’s claim that ",
        "The minister said. ",
        "who said (",
    ],
)
def test_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    """A hostile text of 60,000 characters takes seconds at the most, whatever it repeats."""
    text = piece * (60_000 // len(piece))
    begun = time.perf_counter()
    find_quotations(text, [Block(span=Span(0, len(text)), kind=BlockKind.PARAGRAPH)], [Span(0, len(text))])
    assert time.perf_counter() - begun < 10
