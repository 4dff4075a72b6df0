"""The particles of surnames: the small words between first name and surname, as in Ursula von der Leyen."""

from onrecord.index.text.english.word_sets import any_of, word_set

PARTICLES_BY_LANGUAGE = {
    "Portuguese": word_set("da das de do dos e"),
    "Spanish": word_set("de del la las los y"),
    "Italian": word_set("da dai dal dalla de degli dei del della delle dello di la lo"),
    "Dutch": word_set("'t ’t de den der het in op te ten ter van"),
    "German": word_set("am auf dem den der im und vom von zu zum zur"),
    "French": word_set("de des du la le les"),
    "Arabic": word_set("abd abu al ben bin bint el ibn umm"),
    "Irish and Scottish": word_set("mac mc mhic nic ní o ó uí"),
}
"""The particles of each language, in lower case; "de la", "van den" and "von und zu" are several in a row."""

PARTICLES = frozenset[str]().union(*PARTICLES_BY_LANGUAGE.values())
"""The particles of all these languages."""

NEVER_FIRST = word_set(
    "'t ’t abd abu am auf do e het im in la las les los mac mc mhic nic ní o ó op te ten uí umm und y"
)
"""The particles that begin no surname in lower case, because they follow another one or are English words as well."""

FIRST_NAMES_TOO = word_set("al am ben den do e im in lo mac mc nic o van y")
"""The particles that are also first names or initials: Al Gore, Ben Carson, Van Jones, Do Kwon."""

OF_PARENTS = word_set("abu umm")
"""The particles that make a first name of a child's: Abu Hassan is the father of Hassan."""

LINKS = word_set("e y")
"""The particles that join two surnames: Ortega y Gasset, Costa e Silva."""

PATRONYMIC = word_set("mac mc mhic nic ní o ó uí")
"""The particles that a surname never loses, because it is another surname without them: Ó Briain, Mac Lochlainn."""

_ARTICLES = word_set("al el ad an ar as ash at ath az")
_JOINED_BY_HYPHEN = _ARTICLES | word_set("abd abu ben bin bint ibn umm")
_JOINED_BY_APOSTROPHE = word_set("d degl dell dall l o")
SPELT_ALIKE = dict.fromkeys(_ARTICLES, "al") | {
    "ibn": "bin", "ben": "bin", "mc": "mac", "ó": "o", "’t": "'t",
    "d": "de", "l": "le", "degl": "degli", "dell": "della", "dall": "dalla",
}  # fmt: skip
"""Each other spelling of a particle, before certain letters or from other alphabets, with the particle that it is."""

ATTACHED = rf"(?:(?:{any_of(_JOINED_BY_HYPHEN)})-|(?:{any_of(_JOINED_BY_APOSTROPHE)})['’])"
"""A regular expression for a particle that is one word with its surname: al-Assad, d'Estaing, dell'Acqua, O'Brien."""

# Some particles are English words as well. "Do" and "ten" are particles only before a word that is no plural, so not in
# "ten days". "Am" is one only where it does not follow "I", Dutch "in" only before 't, and "op" only before an article.
PARTICLE = (
    rf"(?:{any_of(PARTICLES - {'am', 'do', 'in', 'op', 'ten'})}"
    r"|(?<!\bI\s)am|(?:do|ten)(?=\s+\w*[^\Ws]\b)|in(?=\s+['’]t\b)|op(?=\s+(?:de|den|['’]t)\b))"
)
"""A regular expression for one particle in lower case, where it is no English word."""
LEADING_PARTICLE = rf"(?:{any_of(PARTICLES - NEVER_FIRST)})"
"""A regular expression for a particle that may begin a surname without a first name: "von der Leyen said"."""
LEADING_IN_QUESTIONS = rf"(?:ten(?=\s+\w*[^\Ws]\b)|{any_of(word_set('te het op abd abu umm las les los'))})"
"""A regular expression for the particles that also do so in a question: "When was ten Hag dismissed?"."""
