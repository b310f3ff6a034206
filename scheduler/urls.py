"""The addresses of groups and their hours. Keys stand in them, never names."""

from __future__ import annotations

from django.urls import path

from scheduler.views import calendars, feeds, groups, mine, now, organisations, people, running

urlpatterns = [
    path("", now.now, name="now"),
    path("zone/", people.set_zone, name="set_zone"),
    path("sign-up/", people.sign_up, name="sign_up"),
    path("sign-in/", people.sign_in, name="sign_in"),
    path("sign-out/", people.sign_out, name="sign_out"),
    path("account/", people.account, name="account"),
    path("account/passphrase/", people.choose_passphrase, name="choose_passphrase"),
    path("account/sign-out/", people.sign_out_everywhere, name="sign_out_everywhere"),
    path("account/close/", people.close_account, name="close_account"),
    path("mine/", mine.my_sessions, name="my_sessions"),
    path("mine/calendar/", feeds.feeds, name="feeds"),
    path("mine/calendar/names/", feeds.name_groups, name="name_groups"),
    path("mine/calendar/end/", feeds.revoke_all, name="revoke_all_feeds"),
    path("mine/calendar/<int:feed>/end/", feeds.revoke, name="revoke_feed"),
    path("mine/calendar/<int:feed>/renew/", feeds.rotate, name="rotate_feed"),
    path("c/<path:token>.ics", calendars.calendar, name="calendar"),
    path("go/<uuid:uid>/", calendars.go, name="go"),
    path("groups/", groups.my_groups, name="my_groups"),
    path("groups/found/", groups.found, name="found_group"),
    path("groups/code/", groups.invited, name="invited"),
    path("g/<slug:key>/", groups.group, name="group"),
    path("g/<slug:key>/join/", groups.join, name="join_group"),
    path("g/<slug:key>/leave/", groups.leave, name="leave_group"),
    path("g/<slug:key>/run/", running.run_group, name="run_group"),
    path("g/<slug:key>/run/describe/", running.describe, name="describe_group"),
    path("g/<slug:key>/run/hour/", running.set_hour, name="set_hour"),
    path("g/<slug:key>/run/hour/<int:series>/end/", running.end_hour, name="end_hour"),
    path("g/<slug:key>/run/invite/", running.invite, name="invite"),
    path(
        "g/<slug:key>/run/applications/<int:membership>/",
        running.answer,
        name="answer_application",
    ),
    path("g/<slug:key>/run/people/<int:membership>/", running.change_member, name="change_member"),
    path("s/<slug:key>/session.ics", calendars.session_file, name="session_file"),
    path("s/<slug:key>/seat/", mine.seat, name="seat"),
    path("s/<slug:key>/move/", running.move, name="move_session"),
    path("s/<slug:key>/cancel/", running.cancel, name="cancel_session"),
    path("s/<slug:key>/restore/", running.restore, name="restore_session"),
    path("organisations/", organisations.organisations, name="organisations"),
    path(
        "organisations/<slug:key>/facilitators/",
        organisations.add_facilitator,
        name="add_facilitator",
    ),
]
