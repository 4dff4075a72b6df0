"""Language models, each behind one method that streams text. No backend checks what its model says: the gate does."""
