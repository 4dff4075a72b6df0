"""Scripts that measure time, memory and growth."""
