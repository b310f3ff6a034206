"""The page from which people join a session: members, new members and guests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import login
from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

from accounts.forms.errors import errors_shown_on
from accounts.middleware import time_zone_of
from accounts.views.access import participant_of
from scheduler.actions import guests, memberships
from scheduler.forms.groups import JoinSessionForm
from scheduler.models import Group, Membership, Occurrence

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

GUEST_SIGN_IN_LASTS_AFTER_END = 3600  # seconds: the closing page, and time to make an account


@never_cache
def join_session(request: HttpRequest, key: str) -> HttpResponse:
    """Lead into the room whoever may enter; ask newcomers for a name and the group agreement."""
    occurrence = _session_or_none(request, key)
    if occurrence is None and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if occurrence is None:
        raise Http404
    now = timezone.now()
    membership = membership_in(request, occurrence)
    can_join = occurrence.can_join(now)
    if membership and can_join and not occurrence.needs_agreement_of(membership):
        return redirect("room", key=key)
    asks = can_join and _may_join(request, occurrence.group, membership)
    form = JoinSessionForm(request.POST or None, membership=membership)
    if request.method == "POST" and asks and form.is_valid():
        with errors_shown_on(form, field="alias" if "alias" in form.fields else None):
            return _enter(request, occurrence, membership, form)
    context = {
        "occurrence": occurrence,
        "group": occurrence.group,
        "membership": membership,
        "form": form if asks else None,
        "is_over": occurrence.ends_at <= now or occurrence.ended_at is not None,
        "can_join": can_join,
        "has_begun": occurrence.starts_at <= now,
        "now": now,
    }
    return render(request, "sessions/join.html", context)


def membership_in(request: HttpRequest, occurrence: Occurrence) -> Membership | None:
    """Return the membership with which the reader, a guest included, may enter a session."""
    person = participant_of(request)
    if person is None:
        return None
    return occurrence.admitted().filter(person=person.pk).select_related("group").first()


def _session_or_none(request: HttpRequest, key: str) -> Occurrence | None:
    """Return a session of a group that the reader may see."""
    sessions = Occurrence.objects.visible_to(participant_of(request) or request.user)
    return sessions.select_related("group__organisation").filter(key=key).first()


def _may_join(request: HttpRequest, group: Group, membership: Membership | None) -> bool:
    """Whether the reader can enter now by answering the form."""
    if membership is not None:
        return True
    if request.user.is_authenticated:
        is_open = group.join_policy == Group.JoinPolicy.OPEN
        barred = Membership.State.DECLINED, Membership.State.REMOVED
        return is_open and not group.memberships.filter(person=request.user.pk, state__in=barred)
    return group.takes_guests


def _enter(
    request: HttpRequest,
    occurrence: Occurrence,
    membership: Membership | None,
    form: JoinSessionForm,
) -> HttpResponse:
    """Make the reader a member or a guest, record the agreement, and lead into the room."""
    now = timezone.now()
    if membership is None and request.user.is_authenticated:
        membership = memberships.join_group(
            person=request.user,
            group=occurrence.group,
            alias=form.cleaned_data["alias"],
            now=now,
        )
    if membership is not None:
        memberships.accept_agreement(membership=membership)
        return redirect("room", key=occurrence.key)
    guest = guests.enter_as_guest(
        occurrence=occurrence,
        alias=form.cleaned_data["alias"],
        address=request.META.get("REMOTE_ADDR", ""),
        tz=time_zone_of(request),
        language=get_language() or "en",
        now=now,
    )
    login(request, guest.person)
    lasts = int((occurrence.ends_at - now).total_seconds()) + GUEST_SIGN_IN_LASTS_AFTER_END
    request.session.set_expiry(lasts)
    return redirect("room", key=occurrence.key)
