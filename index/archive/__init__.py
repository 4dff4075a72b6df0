"""The store of record, one SQLite file: articles, passages, vectors, words, quotations, copies, revisions."""
