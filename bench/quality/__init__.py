"""Scripts that measure how right the service is."""
