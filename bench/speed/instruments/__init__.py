"""What the measurements are made with: large archives, clocks for stages and searches, and a served archive."""
