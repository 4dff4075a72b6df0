"""What a text says by itself: its sentences and terms, its likeness to other texts, its vector."""
