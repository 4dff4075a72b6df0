"""Other systems on the same work as ours, each in a process and an environment of its own; `python -m bench.rivals`."""
