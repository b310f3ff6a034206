"""Organisations, groups, their schedule, seats, cover, availability and searches."""
