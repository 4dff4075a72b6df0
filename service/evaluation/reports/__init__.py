"""The figures as a table, as JSON and as a page."""
