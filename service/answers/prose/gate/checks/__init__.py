"""The checks that a sentence of prose must pass, each in a function named for what it looks at."""
