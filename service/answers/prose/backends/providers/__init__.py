"""The servers and libraries that run a language model, each in a module of its own."""
