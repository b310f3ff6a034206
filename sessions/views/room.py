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

from accounts.views.access import participant_of
from scheduler.models import Membership, Occurrence
from sessions.actions import rooms, tickets
from sessions.text import REFUSALS, TEXTS
from sessions.views.join import membership_in

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


# Every other page refuses camera and microphone; here the browser may ask the person.
PERMISSIONS_POLICY: Final = (
    "camera=(self), microphone=(self), display-capture=(), geolocation=(), payment=(), usb=()"
)


@never_cache
def room(request: HttpRequest, key: str) -> HttpResponse:
    """Show the page of the room, which is filled over the WebSocket.

    Whoever has not accepted the group agreement yet is led to the page that asks for it.
    """
    if participant_of(request) is None:
        return redirect_to_login(request.get_full_path())
    occurrence, membership = _access_or_404(request, key)
    if not membership.has_agreed and not _facilitates(membership, occurrence):
        return redirect("join_session", key=key)
    about = {
        "occurrence_key": key,
        "membership": membership,
        "facilitates": _facilitates(membership, occurrence),
        "texts": {code: str(text) for code, text in (TEXTS | REFUSALS).items()},
    }
    answer = render(request, "sessions/room.html", about)
    answer.headers["Permissions-Policy"] = PERMISSIONS_POLICY
    return answer


@require_POST
def ticket(request: HttpRequest, key: str) -> JsonResponse:
    """Return a ticket that opens one WebSocket within a minute; 403 when nobody is signed in."""
    if participant_of(request) is None:
        return JsonResponse({}, status=HTTPStatus.FORBIDDEN)
    occurrence, membership = _access_or_404(request, key)
    if not membership.has_agreed and not _facilitates(membership, occurrence):
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
    """Return a session and the membership that gives access to it."""
    sessions = Occurrence.objects.visible_to(participant_of(request) or request.user)
    occurrence = get_object_or_404(sessions.taking_place(), key=key)
    membership = membership_in(request, occurrence)
    if membership is None:
        raise Http404
    return occurrence, membership


def _facilitates(membership: Membership, occurrence: Occurrence) -> bool:
    return occurrence.role_of(membership) != Membership.Role.MEMBER
