"""Small tables of English words for making claims: synonyms, antonyms and forms of verbs."""

from onrecord.index.text.english import calendar, numbers

MONTHS = tuple(month.title() for month in calendar.MONTHS)
DAYS = tuple(day.title() for day in calendar.WEEKDAYS)
NUMBER_WORDS = tuple(word for word, value in numbers.NUMERALS.items() if value <= 20)
ORDINALS = tuple(word for word, place in numbers.ORDINALS.items() if place <= 10)

SAID = (
    "said", "says", "announced", "added", "stated", "argued", "claimed", "noted", "warned", "explained", "reported",
    "declared", "insisted", "told reporters", "confirmed", "suggested",
)  # fmt: skip

SYNONYMS: tuple[tuple[str, ...], ...] = tuple(
    tuple(line.split("/"))
    for line in """
    said/stated; big/large; began/started; begin/start; ended/finished; bought/purchased; buy/purchase;
    show/demonstrate; showed/demonstrated; shows/demonstrates;
    usually/normally/typically; often/frequently; help/assist; helped/assisted; use/employ; used/employed;
    many/numerous; several/a number of; because/since; but/yet; however/nevertheless; almost/nearly; firm/company;
    children/kids; famous/well-known; important/significant; main/principal/chief; get/obtain; got/obtained;
    received/got; gave/provided; given/provided; needs/requires; need/require; required/needed; build/construct;
    built/constructed; kept/retained; chose/selected; chosen/selected; allowed/permitted;
    allows/permits; tried/attempted; try/attempt; asked/requested; agreement/accord/deal; talks/negotiations;
    cut/reduced; reduce/cut; rise/increase; rose/increased/went up; fell/dropped/declined/went down; fall/drop/decline;
    hurt/injured; died/passed away; near/close to; area/region; city/town;
    lived/resided; located/situated; consists of/is made up of; includes/contains; called/named/known as;
    created/set up; founded/established; established/founded; ended/came to an end; occurred/happened/took place;
    happened/occurred; took place/happened; appointed/named; resigned/stepped down; attack/assault; aim/goal;
    lawyer/attorney; police/police officers; film/movie; car/automobile; poor/impoverished; wealthy/rich;
    worldwide/around the world; government/authorities; profit/earnings; shares/stock; quarter/three-month period;
    approximately/about; largest/biggest; biggest/largest; entire/whole; whole/entire; during/in the course of;
    before/prior to; after/following; until/up to; despite/in spite of; due to/because of; because of/owing to;
    such as/for example; in order to/to; able to/in a position to; was able to/could;
    must/has to; should/ought to; will/is going to; ended up/finally were; think/believe;
    believed/thought; hope/expect; planned/intended; plans to/intends to; decided/resolved; increased/grew/rose;
    decreased/declined/fell; increase/growth; decrease/decline; replaced/took the place of; led to/resulted in;
    caused/brought about; causes/leads to; problem/difficulty; difficult/hard; easy/simple; quickly/rapidly;
    rapid/quick; shown/demonstrated; found/discovered; discovered/found; different/distinct; similar/alike;
    considered/regarded as; refused/declined; supported/backed; backed/supported; opposed/was against; won/gained;
    percent/%; nation/country; country/nation; countries/nations; war/armed conflict; soldiers/troops; troops/soldiers;
    elected/voted into office; movie/film; job/post; boss/head; head/chief; joined/became a member of;
    left/departed from; returned/came back; arrived/came; moved/relocated; sent/dispatched; spoke/talked;
    wrote/penned; released/published; published/brought out; closed/shut; banned/prohibited;
    forbidden/banned; enough/sufficient; within/inside; throughout/all over; mostly/mainly;
    mainly/mostly; primarily/mainly; currently/now; previously/earlier/before; later/afterwards; initially/at first;
    eventually/in the end; today/nowadays; annually/every year; yearly/annual; annual/yearly; daily/every day;
    additional/further/more; various/different; certain/particular; common/widespread; popular/well liked;
    large/big; small/little; huge/enormous; ancient/very old; new/recent; modern/contemporary
    """.replace("\n", " ").split(";")
    for line in (line.strip(),)
)

ANTONYMS: tuple[tuple[str, str], ...] = tuple(
    (one.strip(), other.strip())
    for line in """
    rose/fell; rise/fall; rises/falls; rising/falling; increased/decreased; increase/decrease; increases/decreases;
    increasing/decreasing; grew/shrank; growth/decline; gained/lost; gain/loss; gains/losses; won/lost; win/lose;
    winner/loser; profit/loss; more/fewer; more/less; higher/lower; high/low; highest/lowest; largest/smallest;
    larger/smaller; large/small; big/small; greater/lesser; best/worst; better/worse; good/bad; strong/weak;
    stronger/weaker; strengthened/weakened; before/after; earlier/later; early/late; first/last; older/younger;
    oldest/youngest; oldest/newest; old/new; ancient/modern; above/below; inside/outside; within/outside; over/under;
    up/down; north/south; northern/southern; east/west; eastern/western; left/right; top/bottom; upper/lower;
    front/back; buy/sell; bought/sold; buyer/seller; buying/selling; import/export; imports/exports;
    imported/exported; accepted/rejected; accept/reject; approved/rejected; approve/reject; allowed/forbade;
    allow/forbid; allows/forbids; permitted/banned; supported/opposed; support/oppose; supports/opposes;
    support/opposition; agreed/refused; agree/refuse; agreed/disagreed; confirmed/denied; confirm/deny;
    admitted/denied; praised/criticised; praised/criticized; welcomed/condemned; opened/closed; open/closed;
    began/ended; begin/end; begins/ends; started/stopped; start/stop; beginning/end; arrived/left; entered/left;
    joined/left; hired/fired; appointed/dismissed; created/destroyed; built/demolished; born/killed; alive/dead;
    succeeded/failed; success/failure; successful/unsuccessful; guilty/innocent; convicted/acquitted; legal/illegal;
    legally/illegally; public/private; male/female; man/woman; men/women; husband/wife; father/mother; son/daughter;
    brother/sister; boys/girls; hot/cold; wet/dry; rich/poor; easy/difficult; common/rare; commonly/rarely;
    often/rarely; frequently/seldom; always/never; usually/rarely; sometimes/always; most/few; most/all; many/few;
    some/all; some/no; several/no; all/none of the; all/some; every/no; both/neither of the; majority/minority;
    major/minor; maximum/minimum; positive/negative; possible/impossible; able/unable; likely/unlikely;
    necessary/unnecessary; formal/informal; direct/indirect; directly/indirectly; safe/dangerous; same/different;
    similar/unlike; slow/fast; slowly/rapidly; quickly/slowly; long/short; longer/shorter; longest/shortest;
    wide/narrow; deep/shallow; heavy/light; full/empty; war/peace; attack/defence; attacked/defended; enemy/ally;
    enemies/allies; friend/enemy; victory/defeat; defeated/was defeated by; surplus/deficit; raised/lowered;
    raise/lower; expanded/shrank; expand/shrink; extended/shortened; added/removed; include/exclude;
    includes/excludes; included/excluded; including/excluding; with/without; for/against; from/to; to/from;
    parent/subsidiary; teacher/student; employer/employee; lender/borrower; majority/minority; internal/external;
    domestic/foreign; urban/rural; natural/artificial; temporary/permanent; simple/complex; single/several;
    at least/at most; more than/less than; less than/more than; as well as/instead of; because of/despite;
    due to/despite; despite/because of; although/because; caused/prevented; causes/prevents; prevent/cause;
    led to/prevented; encouraged/discouraged; encourage/discourage; improved/worsened; improve/worsen; remember/forget;
    love/hate; liked/disliked; trust/distrust; known/unknown; true/false; real/fake; wrong/right; correct/incorrect;
    succeeded by/preceded by; followed by/preceded by; following/preceding; preceded/followed; superior/inferior;
    surrendered/attacked; withdrew/advanced; retained/abandoned; kept/gave up; return/leave; returned/fled;
    arrested/released; imprisoned/freed; suspended/resumed; delayed/hastened; postponed/brought forward
    """.replace("\n", " ").split(";")
    for one, other in (line.split("/"),)
)

CERTAINTIES: tuple[tuple[str, str], ...] = tuple(
    (one.strip(), other.strip())
    for line in """
    may have/has; might have/has; could have/has; may be/is; might be/is; could be/is; may/will; might/will;
    could/will; would/did; should/must; can/must; is expected to/has decided to; are expected to/have decided to;
    was expected to/had; were expected to/had; is likely to/will certainly; are likely to/will certainly;
    is considering/has decided on; are considering/have decided on; was considering/had decided on;
    plans to/has begun to; plan to/have begun to; planned to/did; hopes to/will; hope to/will; hoped to/did;
    wants to/has agreed to; want to/have agreed to; wanted to/did; tried to/managed to; attempted to/managed to;
    sought to/managed to; failed to/managed to; refused to/agreed to; declined to/agreed to; threatened to/did;
    proposed/adopted; proposes/has adopted; proposal/decision; suggested/decided; recommended/ordered;
    asked/ordered; offered/agreed; under discussion/agreed; under consideration/decided; talks/an agreement;
    allegedly/demonstrably; reportedly/demonstrably; probably/certainly; possibly/certainly; perhaps/certainly;
    apparently/certainly; supposedly/certainly; alleged/proven; believed to be/proven to be; thought to be/proven to be;
    believed/proved; believes/has proved; believe/know; claimed/proved; claims/has proved; claim/prove;
    suspected/proved; suggests/proves; suggest/prove; seems to/does; seem to/do; appears to/does; appear to/do;
    seemed/was proven; appeared/was proven; could not/did; unclear/clear; uncertain/certain; unlikely/certain;
    in principle/in full; preliminary/final; tentative/final; provisional/final; partly/entirely; partially/completely;
    mostly/entirely; mainly/exclusively; largely/entirely; primarily/exclusively; almost/more than; nearly/more than;
    generally/always; often/always; usually/always; typically/always; normally/always; sometimes/always;
    some/all; many/all; most/all; several/all; one of the/the only; among the/the only; usually/never;
    can be/is always; if/because; up to/more than
    """.replace("\n", " ").split(";")
    for one, other in (line.split("/"),)
)

NEARBY: tuple[tuple[str, ...], ...] = tuple(
    tuple(line.split())
    for line in """
    company bank government party union court parliament ministry university army
    president chairman spokesman minister director chief lawyer secretary
    oil gas gold silver copper coal wheat sugar coffee tin steel
    red blue green white black yellow brown
    king queen prince emperor pope duke
    car train plane ship bus bicycle
    doctor teacher lawyer engineer farmer soldier student priest
    theatre museum church school hospital stadium library factory palace temple
    river lake mountain valley island sea desert forest
    weeks months years days hours minutes
    week month year day
    heart lung liver brain kidney skin blood bone
    water air iron wood stone glass paper
    Christian Jewish Muslim Buddhist Hindu Catholic Protestant Orthodox
    America Europe Asia Africa Australia
    American British French German Russian Chinese Japanese Italian Spanish Turkish Greek Polish Dutch Indian Canadian
    Britain France Germany Russia China Japan Italy Spain Turkey Greece Poland India Canada Mexico Brazil Egypt Iran
    London Paris Berlin Moscow Beijing Tokyo Rome Madrid Washington Chicago Boston Vienna Athens Cairo
    football basketball hockey tennis baseball rugby cricket
    music literature science art architecture religion philosophy law medicine mathematics physics chemistry
    employees customers investors shareholders workers students voters residents farmers
    interest tax price wage rent
    """.strip().split("\n")
)
"""Words of one kind: what stands in place of another of its row is another thing, not the opposite."""

PAST = dict(
    pair.split("/")
    for pair in """
    be/was become/became begin/began break/broke bring/brought build/built buy/bought catch/caught choose/chose
    come/came cost/cost cut/cut deal/dealt do/did draw/drew drive/drove eat/ate fall/fell feel/felt fight/fought
    find/found fly/flew forbid/forbade forget/forgot get/got give/gave go/went grow/grew have/had hear/heard hide/hid
    hit/hit hold/held hurt/hurt keep/kept know/knew lead/led leave/left lend/lent let/let lie/lay lose/lost make/made
    mean/meant meet/met pay/paid put/put read/read ride/rode rise/rose run/ran say/said see/saw seek/sought sell/sold
    send/sent set/set shoot/shot show/showed sing/sang sit/sat speak/spoke spend/spent stand/stood steal/stole
    strike/struck swim/swam take/took teach/taught tell/told think/thought throw/threw understand/understood wear/wore
    win/won write/wrote
    """.split()  # noqa: SIM905 - a list of quoted pairs cannot be read
)
"""Base form to past tense."""
DONE = dict(
    pair.split("/")
    for pair in """
    become/became begun/began broken/broke brought/brought built/built bought/bought caught/caught chosen/chose
    done/did drawn/drew driven/drove eaten/ate forbidden/forbade forgotten/forgot given/gave grown/grew heard/heard
    held/held kept/kept known/knew led/led left/left lost/lost made/made meant/meant met/met paid/paid put/put
    run/ran said/said seen/saw sought/sought sold/sold sent/sent set/set shot/shot shown/showed sung/sang
    spoken/spoke spent/spent stolen/stole struck/struck taken/took taught/taught told/told thought/thought
    thrown/threw understood/understood won/won worn/wore written/wrote found/found cut/cut hit/hit read/read
    """.split()  # noqa: SIM905 - a list of quoted pairs cannot be read
)
"""Past participle to past tense, where they are not spelt with -ed."""


def past_of(verb: str) -> str:
    """Return the past tense of a base form."""
    if verb in PAST:
        return PAST[verb]
    if verb.endswith("e"):
        return verb + "d"
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return verb[:-1] + "ied"
    return verb + "ed"


def third_of(verb: str) -> str:
    """Return the third person singular of a base form."""
    if verb in ("be", "have", "do", "go"):
        return {"be": "is", "have": "has", "do": "does", "go": "goes"}[verb]
    if verb.endswith(("s", "x", "ch", "sh", "z")):
        return verb + "es"
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + "s"
