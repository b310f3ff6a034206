"""URLs of calendars. Calendar feeds, calendar files and calendar imports."""

from __future__ import annotations

from django.urls import path

from calendars.views import feeds, imports, polling

urlpatterns = [
    path("mine/calendar/", feeds.feeds, name="feeds"),
    path("mine/calendar/names/", feeds.name_groups, name="name_groups"),
    path("mine/calendar/end/", feeds.revoke_all, name="revoke_all_feeds"),
    path("mine/calendar/<int:feed>/end/", feeds.revoke, name="revoke_feed"),
    path("mine/calendar/<int:feed>/renew/", feeds.rotate, name="rotate_feed"),
    path("c/<path:token>.ics", polling.calendar, name="calendar"),
    path("go/<uuid:uid>/", polling.go, name="go"),
    path("g/<slug:key>/run/calendar/", imports.import_calendar, name="import_calendar"),
    path("g/<slug:key>/run/calendar/take/", imports.take_over, name="confirm_calendar_import"),
    path("s/<slug:key>/session.ics", polling.session_file, name="session_file"),
]
