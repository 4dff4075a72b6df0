"""The systems that are compared, each run by a child process in an environment of its own."""
