"""Claims that were written by hand about articles that were written by hand, in classes of what goes wrong in news."""
