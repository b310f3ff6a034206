"""Calendar feeds: subscriptions, iCalendar writing and reading, HTTP caching."""
