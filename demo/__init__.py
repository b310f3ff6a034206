"""Demo data: invented people and groups, and a session that is about to start."""
