"""What the archive holds on a question, ranked: which sentence answers, by which words, and how sure that is."""
