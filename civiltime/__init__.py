"""Time zones, transitions, recurrence rules, and drift between zones. Pure: no Django, no clock."""
