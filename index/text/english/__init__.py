"""What the program knows of the English language, as tables: everybody else imports them from here."""
