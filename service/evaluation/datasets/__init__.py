"""Sets of questions, in each form that they come in."""
