"""The vector index in Chroma, which is derived from the archive and can be made again at any time."""
