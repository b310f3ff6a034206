"""Calendars on the wire: sessions as iCalendar bytes, and uploaded iCalendar as proposals.

Values in, bytes out. The only package that imports ``icalendar``.
"""
