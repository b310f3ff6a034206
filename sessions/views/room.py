"""The page of a room, and the ticket that opens its connection."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.views.access import guest_of, participant_of
from scheduler.models import Group, Membership, Occurrence
from sessions.actions import rooms, tickets
from sessions.models import Room
from sessions.room.state import AdmissionStatus, Phase
from sessions.text import REFUSALS, TEXTS
from sessions.views.join import membership_in

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse


# Every other page refuses camera and microphone; here the browser may ask the person.
PERMISSIONS_POLICY: Final = (
    "camera=(self), microphone=(self), display-capture=(), geolocation=(), payment=(), usb=()"
)
# The ways in which the room is over for a person; ``sessions/ending.html`` has a card for each. The
# browser chooses by these names: codes of refusals, and those of ``static/js/room/connection.js``.
ENDINGS: Final = (
    "ended",
    "removed",
    "gone",
    "signed_out",
    "too_many",
    "locked",
    "alias_taken",
    "entry_closed",
    "no_entry",
)
# What the room's script imports at once, so that browsers need not find it out file by file.
MODULES: Final = (
    "js/avatar.js",
    *(
        f"js/room/{name}.js"
        for name in (
            "agenda",
            "aliases",
            "announce",
            "badges",
            "captions",
            "changes",
            "chat",
            "commands",
            "connection",
            "edit",
            "endings",
            "event_kinds",
            "heartbeat",
            "help_calls",
            "names",
            "news",
            "panels",
            "people",
            "private_messages",
            "room",
            "settings",
            "show",
            "sound",
            "state",
            "strip",
            "ticket",
            "tiles",
            "time",
            "toasts",
            "turns",
            "waiting_room",
        )
    ),
    *(
        f"js/media/{name}.js"
        for name in (
            "audio_video",
            "devices",
            "level",
            "news",
            "own",
            "playback",
        )
    ),
)


@never_cache
def room(request: HttpRequest, key: str) -> HttpResponse:
    """Show the page of the room, which is filled over the WebSocket, or why it is not open.

    Whoever has not accepted the group agreement yet is led to the page that asks for it.
    """
    if participant_of(request) is None:
        return redirect_to_login(request.get_full_path())
    occurrence, membership = _access_or_404(request, key)
    if membership.state == Membership.State.REMOVED:
        about = {"occurrence": occurrence, "membership": membership, "ending": "removed"}
        return render(request, "sessions/room_closed.html", about)
    if occurrence.needs_agreement_of(membership):
        return redirect("join_session", key=key)
    now = timezone.now()
    group = occurrence.group
    about = {
        "occurrence": occurrence,
        "membership": membership,
        "facilitates": occurrence.is_facilitated_by(membership),
        "next_occurrence": _following(occurrence, now),
    }
    if ending := _ending(occurrence, membership, now):
        return render(request, "sessions/room_closed.html", about | {"ending": ending})
    about |= {
        "hosts": [one.alias for one in group.memberships.active().facilitating()],
        "next_meeting": _next_open_meeting(request, occurrence, now),
        "endings": ENDINGS,
        "modules": MODULES,
        "texts": {code: str(text) for code, text in (TEXTS | REFUSALS).items()},
    }
    answer = render(request, "sessions/room.html", about)
    answer.headers["Permissions-Policy"] = PERMISSIONS_POLICY
    return answer


def _ending(occurrence: Occurrence, membership: Membership, now: datetime) -> str:
    """Return why a person cannot come in now: one of ``ENDINGS``, or an empty text."""
    live = Room.objects.filter(occurrence=occurrence).first()
    if live is not None and live.phase == Phase.ENDED:
        return "ended"
    person = live.read_state().people.get(str(membership.pk)) if live is not None else None
    if person is not None and person.status is AdmissionStatus.REMOVED:
        return "removed"
    return "entry_closed" if now < occurrence.join_opens_at else ""


def _following(occurrence: Occurrence, now: datetime) -> Occurrence | None:
    """Return the group's next session after this one."""
    later = occurrence.group.occurrences.not_over(now).taking_place()
    return later.filter(starts_at__gt=occurrence.starts_at).exclude(pk=occurrence.pk).first()


def _next_open_meeting(
    request: HttpRequest, occurrence: Occurrence, now: datetime
) -> Occurrence | None:
    """Return the next session of another group that everybody may join."""
    groups = Group.objects.listed().filter(join_policy=Group.JoinPolicy.OPEN)
    sessions = Occurrence.objects.visible_to(request.user).not_over(now).taking_place()
    others = sessions.filter(group__in=groups).exclude(group=occurrence.group_id)
    return others.select_related("group").first()


@require_POST
def ticket(request: HttpRequest, key: str) -> JsonResponse:
    """Return a ticket that opens one WebSocket within a minute; 403 when nobody is signed in."""
    if participant_of(request) is None:
        return JsonResponse({}, status=HTTPStatus.FORBIDDEN)
    occurrence, membership = _access_or_404(request, key)
    is_removed = membership.state == Membership.State.REMOVED
    if is_removed or occurrence.needs_agreement_of(membership):
        raise Http404
    token = tickets.issue_ticket(
        room=rooms.room_of(occurrence=occurrence),
        membership=membership,
        session_key=str(request.session.session_key),
        auth_hash=request.session[HASH_SESSION_KEY],
        now=timezone.now(),
    )
    return JsonResponse({"ticket": token})


def _access_or_404(request: HttpRequest, key: str) -> tuple[Occurrence, Membership]:
    """Return a session and the membership that gives access to it, or gave it to a removed guest."""
    sessions = Occurrence.objects.visible_to(participant_of(request) or request.user)
    occurrence = get_object_or_404(sessions.taking_place(), key=key)
    membership = membership_in(request, occurrence)
    if membership is None and (guest := guest_of(request)):
        removed = occurrence.guests.filter(person=guest, state=Membership.State.REMOVED)
        membership = removed.first()
    if membership is None:
        raise Http404
    return occurrence, membership
