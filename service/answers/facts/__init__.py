"""What two texts say of one thing: the same figures, names, quotations, the same yes or no."""
