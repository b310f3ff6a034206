"""Planning: which notices are due to whom and when, inserted in sets by the database."""
