"""Rendering of feeds: from rows to iCalendar bytes, with rendered events cached in memory."""
