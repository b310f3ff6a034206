"""URLs of calendars: feeds, single sessions as files, and imports."""

from __future__ import annotations

from django.urls import path

from calendars.views import feeds, imports, polling

urlpatterns = [
    path("mine/calendar/", feeds.feeds, name="feeds"),
    path("mine/calendar/names/", feeds.name_groups, name="name_groups"),
    path("mine/calendar/end/", feeds.revoke_all, name="revoke_all_feeds"),
    path("mine/calendar/<int:feed>/end/", feeds.revoke, name="revoke_feed"),
    path("mine/calendar/<int:feed>/renew/", feeds.rotate, name="rotate_feed"),
    path("c/<path:token>.ics", polling.feed, name="feed"),
    path("go/<uuid:uid>/", polling.open_from_calendar, name="open_from_calendar"),
    path("g/<slug:key>/manage/calendar/", imports.import_calendar, name="import_calendar"),
    path(
        "g/<slug:key>/manage/calendar/take/", imports.confirm_import, name="confirm_calendar_import"
    ),
    path("s/<slug:key>/session.ics", polling.session_file, name="session_file"),
]
