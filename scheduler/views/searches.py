"""Searches of a coordinator: rosters and new groups, and their proposals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.forms.errors import errors_shown_on
from accounts.views.access import person_of
from civiltime.errors import CommonhourError
from scheduler.actions import searches as actions
from scheduler.actions.searches import group_formation
from scheduler.forms.searches import CreateFromProposalForm
from scheduler.models import GroupProposal, GroupRequest, Organisation, RosterProposal, Search
from scheduler.queries.rosters import proposals_of, roster_rows, sessions_without_leader

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpRequest, HttpResponse


@login_required
def roster(request: HttpRequest, key: str) -> HttpResponse:
    """Show the sessions without a leader and the latest proposals for them; request a search."""
    organisation = _coordinated(request, key)
    if request.method == "POST":
        return _asked(request, organisation, Search.Kind.ROSTER)
    context = _searched(organisation, Search.Kind.ROSTER)
    proposals = proposals_of(context["draft"]) if context["draft"] else []
    now = timezone.now()
    context |= {
        "rows": roster_rows(proposals, now=now),
        "in_need": len(sessions_without_leader(organisation, now=now)),
        "helpers": organisation.affiliations.substitutes().count(),
    }
    return render(request, "scheduler/searches/roster.html", context)


@login_required
def new_groups(request: HttpRequest, key: str) -> HttpResponse:
    """Show how many people look for a group and the latest proposals; request a search."""
    organisation = _coordinated(request, key)
    if request.method == "POST":
        return _asked(request, organisation, Search.Kind.GROUPS)
    context = _searched(organisation, Search.Kind.GROUPS)
    draft = context["draft"]
    proposals = group_formation.proposals_of(draft) if draft else []
    stale = group_formation.obstacles(proposals)
    seekers = GroupRequest.objects.unplaced().filter(organisation=organisation)
    context |= {
        "rows": [(proposal, stale.get(proposal.pk, "")) for proposal in proposals],
        "waiting": draft.waiting_counts.order_by("reason") if draft else [],
        "seekers": seekers.count(),
        "counted": seekers.with_week().count(),
    }
    return render(request, "scheduler/searches/new_groups.html", context)


@login_required
def search_state(request: HttpRequest, key: str, search: str) -> HttpResponse:
    """Render the progress of a search, the part of a page that is reloaded."""
    asked = get_object_or_404(_coordinated(request, key).searches, key=search)
    answer = render(request, "scheduler/searches/state.html", {"search": asked})
    answer["Cache-Control"] = "no-store"
    return answer


@login_required
@require_POST
def cancel_search(request: HttpRequest, key: str, search: str) -> HttpResponse:
    """Cancel a search."""
    asked = get_object_or_404(_coordinated(request, key).searches, key=search)
    actions.cancel_search(by=person_of(request), search=asked, now=timezone.now())
    messages.success(request, _("The search was cancelled."))
    return redirect(_page_of(asked.kind), key)


@login_required
@require_POST
def decide_roster_proposal(request: HttpRequest, key: str, proposal: int) -> HttpResponse:
    """Accept or dismiss a roster proposal."""
    organisation, by, now = _coordinated(request, key), person_of(request), timezone.now()
    settled = get_object_or_404(
        RosterProposal.objects.filter(search__organisation=organisation), pk=proposal
    )
    try:
        if "dismiss" in request.POST:
            actions.dismiss_proposal(by=by, proposal=settled, now=now)
        else:
            actions.accept_roster_proposal(by=by, proposal=settled, now=now)
            messages.success(
                request,
                _("Asked {name}. You see the answer here.").format(
                    name=settled.person.username if settled.person else ""
                ),
            )
    except CommonhourError as error:
        messages.error(request, str(error))
    return redirect("roster", key)


@login_required
def create_group_from_proposal(request: HttpRequest, key: str, proposal: int) -> HttpResponse:
    """Create the group of a proposal, or dismiss the proposal."""
    organisation, by = _coordinated(request, key), person_of(request)
    proposed = GroupProposal.objects.proposed().filter(search__organisation=organisation)
    settled = get_object_or_404(proposed.with_people(), pk=proposal)
    if "dismiss" in request.POST:
        actions.dismiss_proposal(by=by, proposal=settled, now=timezone.now())
        return redirect("new_groups", key)
    form = CreateFromProposalForm(
        request.POST or None, initial={"capacity": group_formation.MAX_GROUP_SIZE}
    )
    if request.method == "POST" and form.is_valid():
        with errors_shown_on(form):
            group = actions.create_group_from_proposal(
                by=by, proposal=settled, now=timezone.now(), **form.cleaned_data
            )
            messages.success(
                request, _("The group is ready. The people it would suit are asked now.")
            )
            return redirect("manage_group", group.key)
    stale = group_formation.obstacles([settled]).get(settled.pk)
    context = {"form": form, "proposal": settled, "organisation": organisation, "obstacle": stale}
    return render(request, "scheduler/searches/create_group.html", context)


def _coordinated(request: HttpRequest, key: str) -> Organisation:
    return get_object_or_404(Organisation.objects.coordinated_by(person_of(request)), key=key)


def _page_of(kind: str) -> str:
    return "roster" if kind == Search.Kind.ROSTER else "new_groups"


def _asked(request: HttpRequest, organisation: Organisation, kind: str) -> HttpResponse:
    try:
        actions.request_search(
            by=person_of(request), organisation=organisation, kind=kind, now=timezone.now()
        )
    except CommonhourError as error:
        messages.error(request, str(error))
    return redirect(_page_of(kind), organisation.key)


def _searched(organisation: Organisation, kind: str) -> dict[str, Any]:
    """Return the latest search, and the latest one with a result, for the template."""
    searches = Search.objects.for_organisation(organisation, kind)
    return {
        "organisation": organisation,
        "search": searches.first(),
        "draft": searches.filter(state=Search.State.DONE).first(),
    }
