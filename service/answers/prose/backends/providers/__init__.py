"""The servers and libraries that run a language model, one module each."""
