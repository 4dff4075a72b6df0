"""Web pages: what a reader of a page sees, which of it is the article, and what the page says about it."""
