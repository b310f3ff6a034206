"""Accounts: sign-up, sign-in, recovery, and preferences of language and time zone."""
