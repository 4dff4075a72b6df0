"""Change as little as possible in a claim so that the evidence no longer bears it out.

Every rule returns the claim as changed and where in it the change stands, or None. What is put in must not be what
stood there, however written, and must not make the claim one that the evidence makes elsewhere.
"""
