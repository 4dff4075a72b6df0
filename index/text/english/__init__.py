"""What the program knows of the English language; no other room compiles words of English."""
