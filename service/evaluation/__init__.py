"""Measuring an archive's answers against questions whose answers are known: `onrecord eval`."""
