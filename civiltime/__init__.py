"""Time zones, clock transitions, recurrence rules and how two zones drift apart. Pure: no Django."""
