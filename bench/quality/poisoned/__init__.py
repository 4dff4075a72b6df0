"""Lies that one caller plants beside the articles of another, and questions that meet both."""
