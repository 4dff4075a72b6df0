"""The sentence gate: what a language model writes is shown only where a passage bears it out."""
