"""What commands share at the terminal: how results, errors and progress are shown there."""
