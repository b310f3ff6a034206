"""People: sign-up, sign-in, recovery, preferences of language and time zone."""
