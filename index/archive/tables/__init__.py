"""The tables of the archive: what each holds, how it is written, and how it is read."""
