"""Documents about a session: attendance letters."""
