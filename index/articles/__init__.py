"""The way in: files become drafts, drafts become articles, articles become passages that can be searched."""
