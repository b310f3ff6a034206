"""Who gathers, and when: people, groups, the schedule and its clock."""
