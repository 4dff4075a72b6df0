"""What a request must pass before a route sees it: keys, origins, limits."""
