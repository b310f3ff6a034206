"""What a coordinator has searched for her: drafts of rosters and of new groups, proposal by proposal."""

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
from scheduler.forms.searches import CreateFromDraftForm
from scheduler.models import GroupProposal, GroupRequest, Organisation, RosterProposal, Search
from scheduler.queries.rosters import proposals_of, roster_rows, sessions_without_leader

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpRequest, HttpResponse


@login_required
def roster(request: HttpRequest, key: str) -> HttpResponse:
    """Show the sessions that nobody leads and the latest draft for them; ask for a new one."""
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
    """Show how many look for a group and the latest draft for them; ask for a new one."""
    organisation = _coordinated(request, key)
    if request.method == "POST":
        return _asked(request, organisation, Search.Kind.GROUPS)
    context = _searched(organisation, Search.Kind.GROUPS)
    draft = context["draft"]
    proposals = group_formation.proposals_of(draft) if draft else []
    stale = group_formation.obstacles(proposals)
    looking = GroupRequest.objects.unplaced().filter(organisation=organisation)
    context |= {
        "rows": [(proposal, stale.get(proposal.pk, "")) for proposal in proposals],
        "waiting": draft.waiting_counts.order_by("reason") if draft else [],
        "looking": looking.count(),
        "counted": looking.with_week().count(),
    }
    return render(request, "scheduler/searches/new_groups.html", context)


@login_required
def search_state(request: HttpRequest, key: str, search: str) -> HttpResponse:
    """Tell how far a search is: a part of a page, for pages that look again by themselves."""
    asked = get_object_or_404(_coordinated(request, key).searches, key=search)
    answer = render(request, "scheduler/searches/state.html", {"search": asked})
    answer["Cache-Control"] = "no-store"
    return answer


@login_required
@require_POST
def cancel_search(request: HttpRequest, key: str, search: str) -> HttpResponse:
    """Want no answer any more."""
    asked = get_object_or_404(_coordinated(request, key).searches, key=search)
    actions.cancel_search(by=person_of(request), search=asked, now=timezone.now())
    messages.success(request, _("Cancelled."))
    return redirect(_page_of(asked.kind), key)


@login_required
@require_POST
def decide_roster_proposal(request: HttpRequest, key: str, proposal: int) -> HttpResponse:
    """Ask the person of a proposal, or put the proposal away."""
    organisation, by, now = _coordinated(request, key), person_of(request), timezone.now()
    settled = get_object_or_404(
        RosterProposal.objects.filter(search__organisation=organisation), pk=proposal
    )
    try:
        if "dismiss" in request.POST:
            actions.dismiss_proposal(by=by, proposal=settled, now=now)
        else:
            actions.accept_roster_proposal(by=by, proposal=settled, now=now)
            messages.success(request, _("Asked. You see the answer here."))
    except CommonhourError as error:
        messages.error(request, str(error))
    return redirect("roster", key)


@login_required
def create_group_from_proposal(request: HttpRequest, key: str, proposal: int) -> HttpResponse:
    """Found the group of a proposal, or put the proposal away."""
    organisation, by = _coordinated(request, key), person_of(request)
    proposed = GroupProposal.objects.proposed().filter(search__organisation=organisation)
    settled = get_object_or_404(proposed.with_people(), pk=proposal)
    if "dismiss" in request.POST:
        actions.dismiss_proposal(by=by, proposal=settled, now=timezone.now())
        return redirect("new_groups", key)
    form = CreateFromDraftForm(
        request.POST or None, initial={"capacity": group_formation.MAX_GROUP_SIZE}
    )
    if request.method == "POST" and form.is_valid():
        with errors_shown_on(form):
            group = actions.create_group_from_proposal(
                by=by, proposal=settled, now=timezone.now(), **form.cleaned_data
            )
            messages.success(request, _("Founded. Everybody in the draft is asked now."))
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
    """Return the latest search, and the latest that found something: a draft outlives a retry."""
    searches = Search.objects.for_organisation(organisation, kind)
    return {
        "organisation": organisation,
        "search": searches.first(),
        "draft": searches.filter(state=Search.State.DONE).first(),
    }
