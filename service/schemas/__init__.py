"""The JSON form of questions, answers and articles, for HTTP and for the command line."""
