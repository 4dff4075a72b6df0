"""The checks that a request passes before a route gets it: keys, origins, turns."""
