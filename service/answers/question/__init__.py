"""What a question asks: its terms, its kind, whose words it wants, and what a follow-up leaves out."""
