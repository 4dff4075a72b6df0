"""Adverbs, modal verbs and conjunctions that make a clause less than a fact, by what they make of it."""

from onrecord.index.text.english.word_sets import word_set

ADVERBS_OF_ACCUSATION = word_set("allegedly purportedly")
"""Adverbs that lay the clause to somebody's charge."""
ADVERBS_OF_REPORT = word_set("reportedly")
"""Adverbs that leave the clause to somebody who told it."""
ADVERBS_OF_SEEMING = word_set("apparently evidently ostensibly presumably probably seemingly supposedly likely")
"""Adverbs that draw the clause from signs."""
ADVERBS_OF_POSSIBILITY = word_set("maybe perhaps possibly potentially conceivably")
"""Adverbs that leave open whether the clause is so."""
ADVERBS_OF_NEARNESS = word_set("almost nearly narrowly practically virtually")
"""Adverbs that say that little is missing."""
ADVERBS_OF_FORMER_TIMES = word_set("formerly once")
"""Adverbs that put the clause into a time that is over."""

MODALS_OF_FUTURE = word_set("will 'll ’ll shall wo would 'd ’d should must")
"""Modal verbs, as a tokenizer cuts them, of what is to come or ought to; "wo" is the verb of "won't"."""
MODALS_OF_POSSIBILITY = word_set("may might could can ca")
"""Modal verbs, as a tokenizer cuts them, of what can be so; "ca" is the verb of "can't"."""
MODALS_OF_ABILITY = word_set("can ca could")
"""The modal verbs that with a "not" say that it was not done: who could not find it did not find it."""

CONDITIONS = word_set("if unless whether lest provided providing supposing assuming")
"""Words that begin a condition."""
