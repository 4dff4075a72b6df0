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

OF_DETERMINERS = OF_NAMES | word_set("no few")
"""The pronouns and determiners that negate the clause that they stand in; "few" almost does."""

OF_ADVERBS = word_set("never not n't n’t hardly scarcely barely seldom rarely nowhere")
"""The adverbs that negate a clause or almost do, and the end of a contraction as a tokenizer cuts it."""

PLAIN = word_set("not no")
"""The negations that say nothing else: no time, no person and no thing."""

OF_AMOUNTS = PLAIN | word_set("none never")
"""The negations that may stand with an amount: "not all of them", "none of them"."""

OF_ALL = word_set("no none nobody nothing never")
"""The negations that speak of all that there is."""

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
