"""The sentence gate, which shows a sentence of a language model only if the passages bear it out."""
