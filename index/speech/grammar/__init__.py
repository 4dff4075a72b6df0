"""The parts of a sentence: its tokens, its noun phrases, and the cues that report speech."""
