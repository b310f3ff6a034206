"""Forms of groups, schedules, availability and searches."""
