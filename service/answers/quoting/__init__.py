"""Answers made of quotes alone."""
