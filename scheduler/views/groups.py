"""A group's page, joining and leaving, creating one, and the list of one's own groups."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.forms.errors import errors_shown_on
from accounts.middleware import time_zone_of
from accounts.views.access import person_of
from civiltime.errors import CommonhourError
from scheduler.actions import invitations, memberships
from scheduler.forms.groups import JoinForm, JoinWithNewAccountForm
from scheduler.models import Group, GroupOffer, Membership, RecurringSeat
from scheduler.queries.clock_changes import clock_changes_in_zone
from scheduler.queries.overlaps import overlaps_of
from scheduler.text.zone_strip import zone_strip

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from django.http import HttpRequest, HttpResponse

    from scheduler.models import Occurrence
    from scheduler.text.zone_strip import ZoneStrip

NEXT_SESSIONS: Final = 6
MESSAGES_SHOWN: Final = 3
ANSWERS_SHOWN_FOR: Final = timedelta(days=30)


def group(request: HttpRequest, key: str) -> HttpResponse:
    """Show a group: what happens there, when, who facilitates, and how to join."""
    shown = get_object_or_404(
        Group.objects.visible_to(request.user).select_related("organisation"), key=key
    )
    now = timezone.now()
    sessions = shown.occurrences.not_over(now).with_taken().with_seat_of(request.user)
    coming = list(sessions[:NEXT_SESSIONS])
    next_session = next((one for one in coming if not one.is_cancelled), None)
    context = {
        "group": shown,
        "membership": shown.memberships.filter(person=request.user.pk).first(),
        "regular_at": RecurringSeat.objects.filter(
            membership__person=request.user.pk, series__group=shown
        ).values_list("series", flat=True),
        "group_messages": shown.messages.recent(now)[:MESSAGES_SHOWN],
        "sessions": coming,
        "next_session": next_session,
        "strip": next_session and _strip(next_session, time_zone_of(request)),
        "series": shown.series.filter(ended_at=None),
        "hosts": shown.memberships.active().facilitating().order_by("-role", "since"),
        "upcoming_clock_changes": clock_changes_in_zone(time_zone_of(request), [shown], now=now),
        "now": now,
        "states": Membership.State,
        "public_calendar": reverse("feed", args=[f"g/{shown.key}"]),
    }
    return render(request, "scheduler/groups/group.html", context)


def _strip(session: Occurrence, reader: ZoneInfo) -> ZoneStrip:
    """Return the time of a session for the reader and for the group, and for nobody else."""
    tz = session.group.tz
    return zone_strip(session.starts_at, session.minutes, first=reader, group=tz, reader=reader)


@sensitive_post_parameters("password")
def join(request: HttpRequest, key: str) -> HttpResponse:
    """Join, apply, or use an invitation; who has no account makes one on the same page."""
    wanted = _joinable_group(request, key)
    if Group.objects.joined_by(request.user).filter(pk=wanted.pk).exists():
        return redirect("group", key=key)
    form = _join_form(request)(request.POST or None, group=wanted)
    if request.method == "POST" and form.is_valid():
        with errors_shown_on(form):
            membership = _join(request, wanted, form)
            memberships.accept_agreement(membership=membership)
            messages.success(request, _joined_message(membership))
            return redirect("group", key=key)
    return _join_page(request, wanted, form)


def _join_page(request: HttpRequest, wanted: Group, form: JoinForm) -> HttpResponse:
    return render(request, "scheduler/groups/join.html", {"group": wanted, "form": form})


def _join_form(request: HttpRequest) -> type[JoinForm]:
    return JoinForm if request.user.is_authenticated else JoinWithNewAccountForm


def _join(request: HttpRequest, wanted: Group, form: JoinForm) -> Membership:
    """Join with the account of the reader, or with a new one, in which they are then signed in."""
    answers = {name: value for name, value in form.cleaned_data.items() if name != "agrees"}
    if request.user.is_authenticated:
        return memberships.join_group(
            person=person_of(request), group=wanted, now=timezone.now(), **answers
        )
    membership = memberships.join_with_new_account(
        tz=time_zone_of(request),
        language=get_language() or "en",
        group=wanted,
        now=timezone.now(),
        **answers,
    )
    login(request, membership.person)
    return membership


def _joinable_group(request: HttpRequest, key: str) -> Group:
    """Return the group of a key if this person may see it, or has a valid code for it.

    Raises:
        Http404: neither.
    """
    opened = invitations.group_of_invitation(code=request.POST.get("code", ""), now=timezone.now())
    if opened and opened.key == key:
        return opened
    return get_object_or_404(Group.objects.visible_to(request.user), key=key)


def _joined_message(membership: Membership) -> str:
    if membership.state == Membership.State.APPLIED:
        return _(
            "Thank you, %(alias)s. A facilitator will answer; you find it here and in your inbox."
        ) % {"alias": membership.alias}
    return _(
        "Welcome, %(alias)s. You are a member now. Say whether you come to the next session."
    ) % {"alias": membership.alias}


@login_required
@require_POST
def leave(request: HttpRequest, key: str) -> HttpResponse:
    """Leave a group."""
    left = get_object_or_404(Group.objects.joined_by(person_of(request)), key=key)
    try:
        memberships.leave_group(person=person_of(request), group=left, now=timezone.now())
        messages.success(request, _("You have left. Your calendar addresses were ended too."))
    except CommonhourError as error:
        messages.error(request, str(error))
    return redirect("my_groups")


@login_required
def my_groups(request: HttpRequest) -> HttpResponse:
    """List the groups of this person, with applications and recent refusals."""
    still_here = Q(state__in=[Membership.State.ACTIVE, Membership.State.APPLIED])
    just_declined = Q(state=Membership.State.DECLINED, since__gt=timezone.now() - ANSWERS_SHOWN_FOR)
    rows = (
        Membership.objects.filter(
            still_here | just_declined, person=person_of(request), group__closed_at=None
        )
        .select_related("group__organisation")
        .order_by("group__name")
    )
    context = {
        "memberships": rows,
        "may_create_group": person_of(request).affiliations.exists(),
        "overlaps": overlaps_of(person_of(request), now=timezone.now()),
        "offers": GroupOffer.objects.offered_to(person_of(request)),
    }
    return render(request, "scheduler/groups/my_groups.html", context)


@login_required
def invited(request: HttpRequest) -> HttpResponse:
    """Show the group of an invitation code, also an unlisted one."""
    code = request.POST.get("code", "")
    opened = invitations.group_of_invitation(code=code, now=timezone.now()) if code else None
    if opened:
        return _join_page(request, opened, JoinForm(group=opened, initial={"code": code}))
    if code:
        messages.error(request, str(invitations.InvalidInvitation()))
    return render(request, "scheduler/groups/invited.html")


def join_by_link(request: HttpRequest, code: str) -> HttpResponse:
    """Show the group of an invitation link, also an unlisted one, with the form to join it."""
    opened = invitations.group_of_invitation(code=code, now=timezone.now())
    if opened is None:
        messages.error(request, str(invitations.InvalidInvitation()))
        return redirect("meetings")
    if Group.objects.joined_by(request.user).filter(pk=opened.pk).exists():
        return redirect("group", key=opened.key)
    form = _join_form(request)(group=opened, initial={"code": code})
    return _join_page(request, opened, form)
