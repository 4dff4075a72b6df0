"""Networks that training made from the built-in embedding model, and how many threads they get."""
