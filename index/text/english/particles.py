"""The small words that stand between first name and surname, and belong to the surname."""

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
"""The words of one part each, in lower case: "de la", "van den" and "von und zu" are several in a row."""

PARTICLES = frozenset[str]().union(*PARTICLES_BY_LANGUAGE.values())

NEVER_FIRST = word_set(
    "'t ’t abd abu am auf do e het im in la las les los mac mc mhic nic ní o ó op te ten uí umm und y"
)
"""The particles that begin no surname in lower case: they follow another one, or are English words as well."""

FIRST_NAMES_TOO = word_set("al am ben den do e im in lo mac mc nic o van y")
"""The particles that are also first names or initials: Al Gore, Ben Carson, Van Jones, Do Kwon."""

LINKS = word_set("e y")
"""The particles that join two surnames: Ortega y Gasset, Costa e Silva."""

PATRONYMIC = word_set("mac mc mhic nic ní o ó uí")
"""The particles without which a surname is another surname: Ó Briain, Mac Lochlainn."""

_ARTICLES = word_set("al el ad an ar as ash at ath az")
_JOINED_BY_HYPHEN = _ARTICLES | word_set("abd abu ben bin bint ibn umm")
_JOINED_BY_APOSTROPHE = word_set("d degl dell dall l o")
SPELT_ALIKE = dict.fromkeys(_ARTICLES, "al") | {
    "ibn": "bin", "ben": "bin", "mc": "mac", "ó": "o", "’t": "'t",
    "d": "de", "l": "le", "degl": "degli", "dell": "della", "dall": "dalla",
}  # fmt: skip
"""Spellings of particles before certain letters or in other alphabets, and which particle each of them is."""

ATTACHED = rf"(?:(?:{any_of(_JOINED_BY_HYPHEN)})-|(?:{any_of(_JOINED_BY_APOSTROPHE)})['’])"
"""A regular expression for a particle in one word with its surname: al-Assad, d'Estaing, dell'Acqua, O'Brien."""

# English writes a plural behind "do" and "ten", and "I" before "am"; Dutch says nothing but 't behind its "in".
PARTICLE = (
    rf"(?:{any_of(PARTICLES - {'am', 'do', 'in', 'op', 'ten'})}"
    r"|(?<!\bI\s)am|(?:do|ten)(?=\s+\w*[^\Ws]\b)|in(?=\s+['’]t\b)|op(?=\s+(?:de|den|['’]t)\b))"
)
"""A regular expression for one particle in lower case."""
LEADING_PARTICLE = rf"(?:{any_of(PARTICLES - NEVER_FIRST)})"
"""A regular expression for one that may begin a surname with nothing of the name before it: "von der Leyen said"."""
