"""ParsedCalendar an uploaded calendar: parsed in a process of its own, planned as series."""
