"""What remains of a session on paper: attendance letters."""
