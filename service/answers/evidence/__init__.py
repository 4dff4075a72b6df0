"""Evidence of the archive on a question: the sentences that may answer, ranked, their words, and a confidence."""
