"""The checks that a sentence of prose must pass, each a function that is named for what it checks."""
