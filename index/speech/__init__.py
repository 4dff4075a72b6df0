"""How an article says that somebody speaks; what `index.quotations` is made of.

Read it in this order: `quote_marks` pairs the marks, `words` cuts sentences in which a quote is one item, `hits` finds
the cues (`cues`, `verb_or_noun`) with their subjects (`phrases`, `subjects`), `statements` gives each cue its words
(`said_before`, `said_after`, both on a `sentence`), `attribution` adds the quotes that stand alone, `cast` knows the
people (`names`, `proper_names`), and `resolution` says who is meant.
"""
