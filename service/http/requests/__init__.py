"""What routes share: their dependencies, the limits, and the response to a question."""
