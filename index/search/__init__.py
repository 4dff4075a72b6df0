"""The way out: passages by word and by meaning, speakers, quotations, copies, spellings."""
