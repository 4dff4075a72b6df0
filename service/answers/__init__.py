"""From a question to its answer; knows no HTTP and no command line."""
