"""Pages of a coordinator: groups, their next sessions and facilitators, never their members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.forms.errors import errors_shown_on
from accounts.views.access import person_of
from scheduler.actions import memberships
from scheduler.actions import organisations as actions
from scheduler.forms.groups import AffiliateForm, AliasForm
from scheduler.models import Affiliation, Group, Organisation

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@login_required
def organisations(request: HttpRequest) -> HttpResponse:
    """List the organisations this person coordinates, with their groups."""
    running = Group.objects.filter(closed_at=None).with_has_facilitator().prefetch_related("spoken")
    groups = running.with_next_session(timezone.now()).order_by("name")
    coordinated = (
        Organisation.objects.coordinated_by(person_of(request))
        .prefetch_related(Prefetch("groups", groups), "affiliations__person")
        .order_by("name")
    )
    get_object_or_404(coordinated[:1])
    return render(
        request,
        "scheduler/organisations/list.html",
        {"organisations": coordinated, "form": AffiliateForm()},
    )


@login_required
def add_facilitator(request: HttpRequest, key: str) -> HttpResponse:
    """Let a person create groups for an organisation."""
    organisation = get_object_or_404(
        Organisation.objects.coordinated_by(person_of(request)), key=key
    )
    form = AffiliateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with errors_shown_on(form, field="username"):
            actions.affiliate(
                by=person_of(request),
                organisation=organisation,
                username=form.cleaned_data["username"],
                role=Affiliation.Role.FACILITATOR,
                now=timezone.now(),
            )
            messages.success(
                request,
                _("{name} can now start groups: under My groups, Start a group.").format(
                    name=form.cleaned_data["username"]
                ),
            )
            return redirect("organisations")
    context = {"form": form, "organisation": organisation}
    return render(request, "scheduler/organisations/add_facilitator.html", context)


@login_required
@require_POST
def set_substitute(request: HttpRequest, key: str, affiliation: int) -> HttpResponse:
    """Set whether a person is trained to cover sessions."""
    by = person_of(request)
    organisation = get_object_or_404(Organisation.objects.coordinated_by(by), key=key)
    actions.set_substitute(
        by=by,
        affiliation=get_object_or_404(organisation.affiliations, pk=affiliation),
        is_substitute="trained" in request.POST,
        now=timezone.now(),
    )
    is_trained = "trained" in request.POST
    name = get_object_or_404(organisation.affiliations, pk=affiliation).person.username
    said = (
        _("{name} is now marked as a trained substitute.")
        if is_trained
        else _("{name} is no longer a substitute.")
    )
    messages.success(request, said.format(name=name))
    return redirect("organisations")


@login_required
def adopt_group(request: HttpRequest, key: str) -> HttpResponse:
    """Become the facilitator of a group that has none."""
    by = person_of(request)
    group = get_object_or_404(Group.objects.coordinated_by(by), key=key)
    form = AliasForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with errors_shown_on(form):
            memberships.adopt_group(
                by=by, group=group, alias=form.cleaned_data["alias"], now=timezone.now()
            )
            return redirect("manage_group", key=key)
    return render(
        request, "scheduler/organisations/adopt_group.html", {"form": form, "group": group}
    )


@login_required
@require_POST
def allow_guests(request: HttpRequest, key: str) -> HttpResponse:
    """Set whether open groups of an organisation may let people in without an account."""
    organisation = get_object_or_404(
        Organisation.objects.coordinated_by(person_of(request)), key=key
    )
    is_allowed = "allow" in request.POST
    actions.allow_guests(by=person_of(request), organisation=organisation, is_allowed=is_allowed)
    messages.success(
        request,
        _("Open groups may take guests now. Each group decides for itself.")
        if is_allowed
        else _("Everybody needs an account now. Guests who are in a session stay until its end."),
    )
    return redirect("organisations")
