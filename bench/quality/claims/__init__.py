"""Claims made from articles, right ones and wrong ones, to measure and train what checks prose."""
