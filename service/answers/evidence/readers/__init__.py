"""The readers that there are to choose from: the large one, the small one, and any that has a name."""
