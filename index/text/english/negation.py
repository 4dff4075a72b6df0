"""What says no: the negations of English, once, with the subsets that some callers need."""

from onrecord.index.text.english.word_sets import any_of, word_set

NEGATIONS = word_set("not no never none nobody nothing neither nor without cannot")
"""Every word that denies by itself."""

_AUXILIARIES = "is are was were has have had do does did wo would ca could should must might need sha"
CONTRACTIONS = frozenset(f"{verb}n{mark}t" for verb in _AUXILIARIES.split() for mark in "'’")
"""Verbs that a "not" has grown together with, with either apostrophe: "didn't"."""

CONTRACTION_ENDS = word_set("t")
"""What is left of "won't" where a text is cut at its apostrophes."""

WITHOUT_APOSTROPHES = word_set("nt cant")
"""What is left of a contraction that was written without one."""

OF_NAMES = word_set("none nobody nothing neither nor")
"""The negations that stand for somebody or something, or join two of them."""

OF_VERBS = word_set("not never n't cannot") | CONTRACTIONS
"""What may stand between a subject and its verb; "no" and "none" stand before nouns or for them."""

OF_CLAUSES = NEGATIONS - {"no", "none", "cannot"}
"""What denies the verb that follows, however many words lie between; "no" reaches its own noun alone."""

CONTRACTED = r"n[’']t\b"
"""A regular expression for the end of a contraction, inside its word."""
PATTERN_OF_VERBS = rf"\b(?:{any_of({'not', 'never'})})\b|{CONTRACTED}"
"""A regular expression for a "not", a "never" or a contraction."""
PATTERN_OF_CLAUSES = rf"\b(?:{any_of(OF_CLAUSES)})\b|{CONTRACTED}"
"""A regular expression for any of `OF_CLAUSES` or a contraction."""
