"""Questions and answers: the extractive answerer, the HTTP app and the command line."""

__version__ = "0.1.0"
