"""The facts by which two texts are compared: figures, names, quotations, and yes or no."""
