"""The people of an article: who is meant by a name, a title or a pronoun."""
