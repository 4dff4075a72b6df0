"""Words that stand beside people's names: honorifics, roles and offices."""

from onrecord.index.text.english.word_sets import word_set

HONORIFICS = word_set(
    "mr mrs ms dr mr. mrs. ms. dr. sen sen. rep rep. gov gov. gen gen. lt lt. col col. capt capt. maj maj. sgt "
    "sgt. adm adm. prof prof. rev rev. hon hon. pres pres. sir lord lady dame sens. reps. govs. miss madam"
)
"""Words that stand right before a surname."""
ADDRESSES = word_set("mr mrs ms miss dr sir lord lady dame madam mr. mrs. ms. dr.")
"""The honorifics that do not name an office."""
ROLES = (HONORIFICS - {"miss", "madam"}) | word_set(
    "president minister secretary spokesman spokeswoman spokesperson spokesmen spokespeople aide aides adviser "
    "advisor advisers advisors expert experts analyst analysts strategist professor director chief head leader "
    "leaders chairman chairwoman chair senator representative congressman congresswoman governor mayor judge justice "
    "attorney lawyer ambassador envoy negotiator negotiators general colonel captain lieutenant sergeant officer "
    "official officials commander chancellor premier king queen prince princess pope bishop archbishop cardinal rabbi "
    "reverend imam candidate nominee contender hopeful frontrunner front-runner rival challenger opponent incumbent "
    "billionaire businessman businesswoman mogul tycoon entrepreneur investor economist historian scientist "
    "researcher author writer reporter journalist correspondent columnist editor anchor host commentator pundit "
    "moderator pollster activist organizer organiser founder co-founder owner ceo executive manager coach player "
    "actor actress singer comedian director-general secretary-general vice-president speaker whip delegate delegates "
    "lawmaker lawmakers legislator councilman councilwoman commissioner sheriff deputy detective inspector agent "
    "agency network station newspaper magazine website outlet broadcaster operative consultant counsel prosecutor "
    "diplomat member members voter voters supporter supporters critic critics resident residents student students "
    "teacher doctor nurse veteran survivor witness father mother son daughter wife husband brother sister friend "
    "widow colleague partner fellow scholar democrat republican conservative liberal libertarian socialist czar star "
    "legend personality assemblyman assemblywoman alderman councillor superintendent constable trooper sens reps vice "
    "assistant undersecretary under-secretary treasurer comptroller trader broker banker pilot engineer chef neighbour "
    "neighbor tenant landlord artist musician painter photographer architect surgeon physician psychologist "
    "psychiatrist midwife swimmer boxer cyclist runner striker goalkeeper midfielder defender fisherman farmer clerk "
    "landowner shopkeeper novelist poet playwright biologist chemist physicist geologist ecologist epidemiologist "
    "admiral brigadier meteorologist climatologist sociologist archaeologist astronomer mathematician programmer "
    "developer designer"
)
"""Words for what a speaker is: the last word of a description, or the words before a name."""
TITLES = HONORIFICS | word_set(
    "president minister secretary chancellor premier king queen prince princess pope senator representative "
    "congressman congresswoman governor mayor judge justice ambassador envoy general colonel captain chairman "
    "chief leader professor former ex vice deputy prime foreign finance defense defence interior special us u.s. "
    "uk russian ukrainian american french german british secretary-general spokesman spokeswoman adviser advisor "
    "director speaker head aide the attorney commissioner commander sheriff bishop cardinal archbishop rabbi imam "
    "reverend first lady state of"
)
"""Words that stand before a name and are no part of it."""
WELL_KNOWN_TITLES = word_set(
    "mr mrs ms dr sir president prime minister premier chancellor senator secretary general foreign defence "
    "defense chief king queen prince princess pope the of"
)
"""Words that a writer who knows the person puts before a name, even if the source has the bare name."""
OFFICES = word_set(
    "state defense defence treasury energy commerce labor justice house senate staff agriculture education interior "
    "transportation veterans homeland"
)
"""Words with which a role may end behind "of": Secretary of State, chief of staff."""
MALE_TITLES = word_set(
    "mr mr. sir lord king prince congressman spokesman businessman chairman father son husband brother he"
)
"""Titles and words of kinship that only men bear."""
FEMALE_TITLES = word_set(
    "mrs ms miss mrs. ms. lady queen princess congresswoman spokeswoman businesswoman chairwoman mother daughter "
    "wife sister she"
)
"""Titles and words of kinship that only women bear."""
FORMER = word_set("former ex onetime erstwhile previous retired ousted outgoing disgraced deposed sometime")
"""Words before an office that its bearer no longer holds, or soon will not."""
FORMERLY = word_set("once formerly previously used then")
"""Words that say with a verb what "former" says with a noun: "he once was minister"."""
ACTING = word_set("acting interim caretaker temporary provisional stand-in")
"""Words before an office that its bearer holds for a while."""
LESSER = word_set("deputy vice assistant auxiliary shadow honorary junior under-secretary")
"""Words before an office that make it another and a lesser one."""
