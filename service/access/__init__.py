"""Who may do what: rights, keys with names, and the names that the audit log has."""
