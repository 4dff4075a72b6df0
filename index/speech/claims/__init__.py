"""What a sentence says that somebody said: the words, the cue, and the mention of the speaker."""
