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

from scheduler.models import Membership, Occurrence
from sessions.actions import rooms, tickets
from sessions.models import Room
from sessions.room.state import Phase
from sessions.text import REFUSALS, TEXTS

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse


# Every other page refuses camera and microphone; here the browser may ask the person.
PERMISSIONS_POLICY: Final = (
    "camera=(self), microphone=(self), display-capture=(), geolocation=(), payment=(), usb=()"
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
    """Show the page of the room, which is filled over the WebSocket."""
    occurrence, membership = _access_or_404(request, key)
    about = {
        "occurrence_key": key,
        "membership": membership,
        "facilitates": _facilitates(membership, occurrence),
        "texts": {code: str(text) for code, text in (TEXTS | REFUSALS).items()},
    }
    answer = render(request, "sessions/room.html", about)
    answer.headers["Permissions-Policy"] = PERMISSIONS_POLICY
    return answer


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
