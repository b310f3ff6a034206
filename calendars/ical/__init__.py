"""iCalendar (RFC 5545, RFC 7986): sessions and series as VEVENTs, zones as VTIMEZONEs.

Pure: values in, bytes out; no Django, no clock. With ``calendars.importing`` the only package that
imports ``icalendar``.
"""
