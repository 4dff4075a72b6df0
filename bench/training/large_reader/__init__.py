"""The training of the large reader: the lessons, the training itself, and the files that ship."""
