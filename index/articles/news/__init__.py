"""How a news text is laid out: headline, byline, date, and which of its lines are the article."""
