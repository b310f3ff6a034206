"""Verbs of live meetings: one transaction each, the only writers."""
