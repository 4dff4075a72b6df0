"""Measurements and fits; each script says how it is run."""
