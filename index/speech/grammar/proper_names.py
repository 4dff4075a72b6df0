"""Search for runs of capitalised words, and for the names in them without their titles."""

from collections.abc import Sequence

from onrecord.index.speech.grammar.tokens import Item
from onrecord.index.text.english.calendar import TIMES
from onrecord.index.text.english.function_words import (
    ADVERBS,
    DETERMINERS,
    FINITE,
    PREPOSITIONS,
    PRONOUNS,
    SUBORDINATORS,
)
from onrecord.index.text.english.names import is_first_name, particles_end, particles_start
from onrecord.index.text.english.titles import OFFICES, ROLES
from onrecord.index.text.english.word_sets import word_set

NOT_NAMES = (
    ADVERBS
    | DETERMINERS
    | FINITE
    | PREPOSITIONS
    | PRONOUNS
    | SUBORDINATORS
    | TIMES
    | word_set(
        "police everyone nobody others anyone someone everybody polls sources speaking asked according yes not of for "
        "it’s it's he’s he's she’s she's mr mrs ms I"
    )
)
BODIES = word_set(
    "chamber department ministry university college school institute center centre council committee commission court "
    "house senate congress parliament party news times post journal press network agency bank group fund company "
    "corporation corp inc association union federation alliance army navy force forces guard service services "
    "office bureau board campaign foundation club hotel church airport street avenue road square city county "
    "state states kingdom republic island islands river lake sea ocean bay hill park museum library hospital "
    "treaty memorandum article act bill law rights war peace day week month year conference summit convention "
    "league team museum nations administration government authority watch nurses united national workers teachers "
    "democrats republicans americans media website magazine tribune herald guardian telegraph radio television tv "
    "channel poll survey report study project initiative society organization organisation"
)
PLACES = word_set(
    "new_york los_angeles san_francisco south_carolina north_carolina new_hampshire new_jersey new_mexico "
    "west_virginia south_dakota north_dakota rhode_island las_vegas white_house united_states united_kingdom "
    "saudi_arabia south_korea north_korea middle_east hong_kong supreme_court wall_street capitol_hill european_union "
    "soviet_union fox_news black_sea red_square tel_aviv new_orleans san_diego san_antonio st_louis fort_worth "
    "el_paso puerto_rico sri_lanka south_africa new_zealand north_america latin_america south_america "
    "twitter_facebook truth_social al_jazeera hallandale_beach palm_beach long_island silicon_valley super_tuesday "
    "air_force islamic_state al_qaeda"
)
NATIONS = word_set(
    "american russian ukrainian british french german chinese european israeli iranian iraqi turkish polish "
    "italian spanish japanese korean indian canadian mexican finnish estonian us u.s. u.s uk u.k. eu republican "
    "democratic democrat gop western eastern northern southern state-run kyiv-based senate house white islamic "
    "jewish muslim christian catholic"
)


def name_runs(items: Sequence[Item]) -> list[tuple[int, int]]:
    """Return the runs of capitalised words, with the small words inside names."""
    runs: list[tuple[int, int]] = []
    words = [item.text for item in items]
    n = 0
    while n < len(items):
        if not items[n].capital or items[n].low in NOT_NAMES:
            n += 1
            continue
        start = particles_start(words, n)
        n += 1
        while n < len(items):
            item = items[n]
            if item.capital and item.low not in NOT_NAMES:
                n += 1
                continue
            following = particles_end(words, n)
            if following == n:
                if item.low != "of" or not _joins(items, n):
                    break
                following += 1
            if following == len(items) or not items[following].capital:
                break
            n = following + 1
        runs.append((start, n))
    return runs


def _joins(items: Sequence[Item], of: int) -> bool:
    """Say whether an "of" is part of a name, as in Bank of England, and unlike "Friends of Anna Kovach"."""
    left, right = items[of - 1], items[of + 1] if of + 1 < len(items) else None
    return left.low in BODIES or (left.low in ROLES and right is not None and right.low in OFFICES)


def name_in(items: Sequence[Item], start: int, end: int) -> tuple[int, int]:
    """Return the name in a run without titles and nations: Marco Rubio of "US Secretary of State Marco Rubio"."""
    first = start
    for n in range(start, end - 1):
        if items[n].low in ROLES:
            first = n + 1
    if first > start and items[first].low == "of" and first + 1 < end:
        first += 2
        if end - first > 2 and not (is_first_name(items[first].text) or len(items[first + 1].text) <= 2):
            first = end - 2
        if first >= end:
            first = end - 1
    while end - first > 2 and items[first].low in NATIONS:
        first += 1
    if end - first == 2 and items[first].low in NATIONS - {"white", "house", "christian", "senate"}:
        first += 1
    return first, end


def name_core(items: Sequence[Item]) -> Sequence[Item]:
    """Return the name in a mention, without the words behind a preposition, a comma or a bracket."""
    stop = len(items)
    for n, item in enumerate(items):
        if n and (item.text in (",", "(", "—", "–") or item.low in ("who", "whose", "which")):
            stop = n
            break
        if n and item.low in PREPOSITIONS | {"of", "for"} and items[n - 1].low not in ROLES and items[n - 1].capital:
            named = n >= 2 and items[n - 2].capital
            if named and items[n - 1].low not in BODIES:
                stop = n
                break
    start = 0
    for n in range(stop - 1):
        if items[n].text in ("’s", "'s", "’", "'"):
            start = n + 1
    return items[start:stop]


def coordinated_names(items: Sequence[Item]) -> list[Sequence[Item]]:
    """Return the parts of a mention between its commas and its "and"."""
    parts: list[Sequence[Item]] = []
    start = 0
    for n, item in enumerate(items):
        if item.low == "and" or item.text == ",":
            if n > start:
                parts.append(items[start:n])
            start = n + 1
    if start < len(items):
        parts.append(items[start:])
    return parts
