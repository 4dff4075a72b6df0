"""The reading of a question: its terms, its kind, whose words it asks for, and what a follow-up leaves out."""
