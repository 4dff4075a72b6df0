"""The negations of English, and the subsets of them that some callers need."""

from onrecord.index.text.english.word_sets import any_of, word_set

NEGATIONS = word_set("not no never none nobody nothing neither nor without cannot")
"""Every word that denies by itself."""

_AUXILIARIES = "is are was were has have had do does did wo would ca could should must might need sha"
CONTRACTIONS = frozenset(f"{verb}n{mark}t" for verb in _AUXILIARIES.split() for mark in "'’")
"""Verbs that are contracted with "not", with either apostrophe: "didn't"."""

CONTRACTION_ENDS = word_set("t")
"""The ends of contractions such as "won't", in a text that is cut at its apostrophes."""

WITHOUT_APOSTROPHES = word_set("nt cant")
"""Contractions, or the ends of them, that are written without an apostrophe."""

OF_NAMES = word_set("none nobody nothing neither nor")
"""The negations that stand for somebody or something, or join two of them."""

OF_VERBS = word_set("not never n't cannot") | CONTRACTIONS
"""The negations that may stand between a subject and its verb; "no" and "none" stand before a noun or for one."""

OF_CLAUSES = NEGATIONS - {"no", "none", "cannot"}
"""The negations that deny the verb after them at any distance; "no" denies its own noun alone."""

CONTRACTED = r"n[’']t\b"
"""A regular expression for the end of a contraction, inside its word."""
PATTERN_OF_VERBS = rf"\b(?:{any_of({'not', 'never'})})\b|{CONTRACTED}"
"""A regular expression for a "not", a "never" or a contraction."""
PATTERN_OF_CLAUSES = rf"\b(?:{any_of(OF_CLAUSES)})\b|{CONTRACTED}"
"""A regular expression for any of `OF_CLAUSES` or a contraction."""
