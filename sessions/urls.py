"""The addresses of a live session, and of what remains of it."""

from __future__ import annotations

from django.urls import path

from sessions.views import live, own, record, reports

urlpatterns = [
    path("s/<slug:key>/", live.door, name="door"),
    path("s/<slug:key>/room/", live.room, name="room"),
    path("s/<slug:key>/ticket/", live.ticket, name="ticket"),
    path("s/<slug:key>/letter/", own.letter, name="letter"),
    path("letter/<str:token>/", own.check_letter, name="check_letter"),
    path("mine/attended/", own.attended, name="attended"),
    path("mine/attended/<int:removal>/ask/", own.ask, name="ask_after_removal"),
    path("g/<slug:key>/run/record/", record.record, name="group_record"),
    path("g/<slug:key>/run/record/<int:removal>/", record.review, name="review_removal"),
    path("reports/", reports.reports, name="reports"),
    path("reports/<int:report>/", reports.report, name="report"),
    path("reports/<int:report>/open/", reports.open_sealed, name="open_report"),
    path("reports/<int:report>/decide/", reports.decide, name="decide_report"),
]
