"""The closed classes of English words that tell where a phrase begins and ends, and the words for offices."""


def word_set(words: str) -> frozenset[str]:
    """Return the words of a text, as a set."""
    return frozenset(words.split())


PRONOUNS = word_set("he she they we i it you who one")
AUXILIARIES = word_set(
    "has have had having is are was were be been being am do does did will would can could shall should may might "
    "must ’s 's ’ve 've ’d 'd ’ll 'll ’re 're ’m 'm"
)
BE = word_set("is are was were be been being am ’s 's ’re 're ’m 'm got")
FINITE = word_set(
    "has have had is are was were am do does did will would can could shall should may might must ’ve 've ’d 'd "
    "’ll 'll ’re 're ’m 'm isn't isn’t aren't aren’t wasn't wasn’t weren't weren’t don't don’t doesn't doesn’t "
    "didn't didn’t won't won’t wouldn't wouldn’t can't can’t couldn't couldn’t shouldn't shouldn’t"
)
NEGATIONS = word_set(
    "not never n't didn't didn’t don't don’t doesn't doesn’t won't won’t wouldn't wouldn’t couldn't couldn’t "
    "hasn't hasn’t haven't haven’t hadn't hadn’t can't can’t cannot isn't isn’t wasn't wasn’t"
)
ADVERBS = word_set(
    "also then later once again now still just even often always ever further only too however meanwhile "
    "therefore thus instead soon already yet first last twice perhaps maybe himself herself themselves itself "
    "both all each even simply long rather best recently out back openly quickly yesterday today tomorrow tonight "
    "earlier afterward afterwards sometimes somewhat ago previously thereafter aloud"
)
DAYS = word_set("monday tuesday wednesday thursday friday saturday sunday")
TIMES = DAYS | word_set(
    "january february march april may june july august september october november december morning afternoon "
    "evening night week month year today yesterday tonight weekend day hours days weeks months years moments "
    "minutes"
)
DETERMINERS = word_set(
    "the a an this that these those his her their its our my your some many most several few another other no "
    "every each any both all two three four five six seven eight nine ten"
)
PREPOSITIONS = word_set(
    "in on at by from with after before during since until under over through against about into as amid despite "
    "without to upon via within between among across toward towards outside inside following like unlike per "
    "behind near around along beyond except"
)
INNER_PREPOSITIONS = word_set("of for at from in with on to by against near behind outside inside")
SUBORDINATORS = word_set(
    "that which who whom whose what where when while because if although though whether as but or nor so than "
    "since until unless whereas how why before after once and yet"
)
PARTICLES = word_set("of the for and & de van von der den del della di da al el bin ibn la le du on in")
SURNAME_PARTICLES = word_set("von van der den del dos")
"""Particles that begin a surname in lower case, and are no word of English: "von der Leyen said"."""
ARABIC_ARTICLE = "(?:al|el|as|ash|an|ad|ar|at|az)-"
"""The pattern of what is written before a surname in lower case: "al-Assad said"."""

ROLES = word_set(
    "president minister secretary spokesman spokeswoman spokesperson spokesmen spokespeople aide aides adviser "
    "advisor advisers advisors expert experts analyst analysts strategist professor director chief head leader "
    "leaders chairman chairwoman chair senator representative congressman congresswoman governor mayor judge "
    "justice attorney lawyer ambassador envoy negotiator negotiators general colonel captain lieutenant sergeant "
    "officer official officials commander chancellor premier king queen prince princess pope bishop archbishop "
    "cardinal rabbi reverend imam candidate nominee contender hopeful frontrunner front-runner rival challenger "
    "opponent incumbent billionaire businessman businesswoman mogul tycoon entrepreneur investor economist "
    "historian scientist researcher author writer reporter journalist correspondent columnist editor anchor host "
    "commentator pundit moderator pollster activist organizer organiser founder co-founder owner ceo executive "
    "manager coach player actor actress singer comedian director-general secretary-general vice-president speaker "
    "whip delegate delegates lawmaker lawmakers legislator councilman councilwoman commissioner sheriff deputy "
    "detective inspector agent agency network station newspaper magazine website outlet broadcaster operative "
    "consultant counsel prosecutor diplomat member members voter voters supporter supporters critic critics "
    "resident residents student students teacher doctor nurse veteran survivor witness father mother son daughter "
    "wife husband brother sister friend widow colleague partner fellow scholar democrat republican conservative "
    "liberal libertarian socialist czar star legend personality mr mrs ms dr sen rep gov gen lt col capt maj sgt "
    "adm prof rev hon pres sir lord lady dame mr. mrs. ms. dr. sen. sens. rep. reps. gov. govs. gen. lt. col. "
    "capt. maj. sgt. adm. prof. rev. hon. pres. assemblyman assemblywoman alderman councillor superintendent "
    "constable trooper sens reps vice deputy assistant undersecretary under-secretary treasurer comptroller"
)
HONORIFICS = word_set(
    "mr mrs ms dr mr. mrs. ms. dr. sen sen. rep rep. gov gov. gen gen. lt lt. col col. capt capt. maj maj. sgt "
    "sgt. adm adm. prof prof. rev rev. hon hon. pres pres. sir lord lady dame sens. reps. govs. miss madam"
)
