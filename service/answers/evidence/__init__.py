"""What the archive holds on a question, ranked: the sentences that may answer, their words, and a confidence."""
