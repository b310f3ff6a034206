"""URLs of live sessions, their records and reports."""

from __future__ import annotations

from django.urls import path

from sessions.views import attended, join, record, reports, room

urlpatterns = [
    path("s/<slug:key>/", join.join_session, name="join_session"),
    path("s/<slug:key>/room/", room.room, name="room"),
    path("s/<slug:key>/ticket/", room.ticket, name="ticket"),
    path("s/<slug:key>/letter/", attended.letter, name="letter"),
    path("letter/<str:token>/", attended.check_letter, name="check_letter"),
    path("mine/attended/", attended.attended, name="attended"),
    path("mine/attended/<int:removal>/ask/", attended.appeal, name="appeal_removal"),
    path("g/<slug:key>/manage/record/", record.record, name="group_record"),
    path("g/<slug:key>/manage/record/<int:removal>/", record.review, name="review_removal"),
    path("reports/", reports.reports, name="reports"),
    path("reports/<int:report>/", reports.report, name="report"),
    path("reports/<int:report>/open/", reports.open_sealed, name="open_report"),
    path("reports/<int:report>/decide/", reports.decide, name="decide_report"),
]
