"""Pages of a live session: join page, room, ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from scheduler.models import Group, Membership, Occurrence
from sessions.actions import rooms, tickets
from sessions.models import Room
from sessions.room.state import AdmissionStatus, Phase
from sessions.text import REFUSALS, TEXTS

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet
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


def join_page(request: HttpRequest, key: str) -> HttpResponse:
    """Show when a session is, and whether the reader may join. Redirect strangers to the sign-in."""
    occurrence = Occurrence.objects.visible_to(request.user).filter(key=key).first()
    if occurrence is None and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if occurrence is None:
        raise Http404
    room = Room.objects.filter(occurrence=occurrence).first()
    membership = _memberships(request, occurrence).first()
    about = {
        "occurrence": occurrence,
        "membership": membership,
        "facilitates": membership is not None and _facilitates(membership, occurrence),
        "is_over": room is not None and room.phase == Phase.ENDED,
        "has_begun": room is not None and room.phase in {Phase.OPEN, Phase.ON_HOLD},
        "entry_is_open": timezone.now() >= occurrence.join_opens_at,
    }
    return render(request, "sessions/join.html", about)


@login_required
@never_cache
def room(request: HttpRequest, key: str) -> HttpResponse:
    """Show the page of the room, which is filled over the WebSocket, or why it is not open."""
    occurrence, membership = _access_or_404(request, key)
    now = timezone.now()
    group = occurrence.group
    about = {
        "occurrence": occurrence,
        "membership": membership,
        "facilitates": _facilitates(membership, occurrence),
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


@login_required
@require_POST
def ticket(request: HttpRequest, key: str) -> JsonResponse:
    """Return a ticket that opens one WebSocket within a minute."""
    occurrence, membership = _access_or_404(request, key)
    token = tickets.issue_ticket(
        room=rooms.room_of(occurrence=occurrence),
        membership=membership,
        session_key=str(request.session.session_key),
        auth_hash=request.session[HASH_SESSION_KEY],
        now=timezone.now(),
    )
    return JsonResponse({"ticket": token})


def _access_or_404(request: HttpRequest, key: str) -> tuple[Occurrence, Membership]:
    """Return a session and the membership that gives access to it."""
    sessions = Occurrence.objects.visible_to(request.user).taking_place()
    occurrence = get_object_or_404(sessions, key=key)
    return occurrence, get_object_or_404(_memberships(request, occurrence))


def _facilitates(membership: Membership, occurrence: Occurrence) -> bool:
    return occurrence.role_of(membership) != Membership.Role.MEMBER


def _memberships(request: HttpRequest, occurrence: Occurrence) -> QuerySet[Membership]:
    """Return the memberships, one at most, that give access to a session."""
    return occurrence.admitted().filter(person=request.user.pk).select_related("group")
