"""The store of record in one SQLite file: articles, passages, vectors, words, quotations, copies, revisions, audit."""
