"""Language models, each behind one method that streams text. Nothing of what they say is believed here."""
