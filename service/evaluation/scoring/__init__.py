"""What became of each question, and the figures made of it."""
