"""`onrecord calibrate`: questions with known answers are put to an archive, and its threshold is set by how they go."""
