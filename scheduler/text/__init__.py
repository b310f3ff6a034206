"""Sentences that people read about schedules, availability and search results."""
