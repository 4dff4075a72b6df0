"""Questions and answers: the answerers, the library, the HTTP app and the command line."""

__version__ = "0.1.0"
