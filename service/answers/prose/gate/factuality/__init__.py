"""Factuality: whether a claim says for certain what the evidence only reports, denies, plans or imagines."""
