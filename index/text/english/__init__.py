"""What the program knows of the English language, as tables that all other modules import."""
