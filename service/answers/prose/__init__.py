"""Answers that a language model writes and the archive proves."""
