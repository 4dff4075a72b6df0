"""What a route needs of a request: the parts, the limits, and whether anybody still listens."""
