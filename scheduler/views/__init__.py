"""Views of groups and schedules: they call actions and queries, and decide nothing."""
