"""Notifications: which message is due to whom, and whether it was delivered."""
