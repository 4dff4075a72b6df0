"""The closed classes of English words, by which the beginnings and ends of phrases are found."""

from onrecord.index.text.english.calendar import RELATIVE_DAYS
from onrecord.index.text.english.negation import CONTRACTIONS
from onrecord.index.text.english.numbers import COUNTED
from onrecord.index.text.english.word_sets import word_set

PRONOUNS = word_set("he she they we i it you who one")
_FINITE_AUXILIARIES = word_set(
    "has have had is are was were am do does did will would can could shall should may might must ’ve 've ’d 'd "
    "’ll 'll ’re 're ’m 'm"
)
AUXILIARIES = _FINITE_AUXILIARIES | word_set("having be been being ’s 's")
BE_AND_HAVE = word_set("be have")
"""The verbs that mostly help another verb or join a subject to what it is, in their basic form."""
LIGHT_VERBS = BE_AND_HAVE | word_set("do get go say make become")
"""The verbs that tell little by themselves, in their basic form."""
BE = word_set("is are was were be been being am ’s 's ’re 're ’m 'm got")
FINITE = CONTRACTIONS | _FINITE_AUXILIARIES
"""Auxiliaries in a finite form, which show that words are a clause."""
ADVERBS = RELATIVE_DAYS | word_set(
    "also then later once again now still just even often always ever further only too however meanwhile "
    "therefore thus instead soon already yet first last twice perhaps maybe himself herself themselves itself "
    "both all each even simply long rather best recently out back openly quickly "
    "earlier afterward afterwards sometimes somewhat ago previously thereafter aloud"
)
DETERMINERS = COUNTED | word_set(
    "the a an this that these those his her their its our my your some many most several few another other no "
    "every each any both all"
)
PREPOSITIONS = word_set(
    "in on at by from with after before during since until under over through against about into as amid despite "
    "without to upon via within between among across toward towards outside inside following like unlike per "
    "behind near around along beyond except"
)
INNER_PREPOSITIONS = word_set("of for at from in with on to by against near behind outside inside")
"""The prepositions that may continue a noun phrase: "a spokesman for the mayor"."""
DEFINITE = word_set("the its their his her these those this that both")
"""The determiners of what is already known, or is there for sure."""
MORE = word_set("more")
"""The comparative of "much" and "many"."""
LESS = word_set("less fewer")
"""The comparatives of "little" and "few"."""
SUBORDINATORS = word_set(
    "that which who whom whose what where when while because if although though whether as but or nor so than "
    "since until unless whereas how why before after once and yet"
)
SMALL_WORDS_OF_NAMES = word_set("of the for and & on in")
"""Words in lower case that may stand inside the name of an organisation: Center for Army and Disarmament Studies."""

STOP_WORDS = word_set(
    "a about above after again against all also am an and any are aren as at be because been before being below "
    "between both but by can cannot could couldn d did didn do does doesn doing don down during each ever few for "
    "from further had hadn has hasn have haven having he her here hers herself him himself his how i if in into "
    "is isn it its itself just ll m me might more most must mustn my myself no nor not now of off on once only or "
    "other our ours ourselves out over own please re s same shall shan she should shouldn so some such t tell "
    "than that the their theirs them themselves then there these they this those through to too under until up us "
    "ve very was wasn we weren were what when where which while who whom whose why will with won would wouldn you "
    "your yours yourself yourselves"
)
"""Words that show how a sentence is built and not what it is about, so that they are not worth matching."""

SENTENCE_OPENERS = frozenset(word.capitalize() for word in COUNTED | RELATIVE_DAYS - {"tonight"}) | word_set(
    "The A An This That These Those He She It They We You There Here His Her Its Their Our My Your In On At By For "
    "From With Without To Of As If When While Where What Who Why How Which Whether But And Or So Yet Not After Before "
    "Since Until During Under Over Between Among Amid Despite Although Though Because However Meanwhile Moreover "
    "Still Also Then Now Earlier Later Last Next Both Each Every Some Many Most Several Few Another Other Others All "
    "Any No None Nothing Even Only Just Once According Asked Such Instead Perhaps Again "
    "Indeed Thus Therefore Otherwise Nevertheless Nonetheless Besides Further Furthermore Additionally Together "
    "Elsewhere Separately Speaking Let Let’s Let's I’m I'm I’ve I've He’s He's She’s She's It’s It's That’s That's "
    "There’s There's They’re They're We’re We're You’re You're Don’t Don't"
)
"""Words that often open a sentence and hardly ever follow an abbreviation inside one."""
