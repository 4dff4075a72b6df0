"""Articles and search: reading, storing and finding. Synchronous; knows no HTTP and no language model."""
