"""Changes to groups and schedules: one transaction each. Nothing else writes these tables."""
