"""Inviting people to a group: its link with QR code, and codes for one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.views.access import person_of
from scheduler.actions import invitations
from scheduler.forms.groups import InvitationLinkForm
from scheduler.views.access import managed_group_or_404

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from scheduler.models import Group


@login_required
def invite(request: HttpRequest, key: str) -> HttpResponse:
    """Show the link of a group, or create one."""
    group = managed_group_or_404(request, key)
    form = InvitationLinkForm(request.POST or None, group=group)
    if request.method == "POST" and form.is_valid():
        invitations.create_invitation_link(
            by=person_of(request),
            group=group,
            needs_approval=form.needs_approval,
            lifetime=form.lifetime,
            now=timezone.now(),
        )
        messages.success(request, _("Your link is ready. Copy it, or let people scan the code."))
        return redirect("invite", key=key)
    return _page(request, group, form)


@login_required
@require_POST
def revoke_link(request: HttpRequest, key: str) -> HttpResponse:
    """End the link of a group."""
    group = managed_group_or_404(request, key)
    invitations.revoke_invitation_link(by=person_of(request), group=group, now=timezone.now())
    messages.success(request, _("The link has ended. Whoever joined by it stays."))
    return redirect("invite", key=key)


@login_required
def invite_one(request: HttpRequest, key: str) -> HttpResponse:
    """Show a new code for one person, once; an address that is opened again leads to the link."""
    group = managed_group_or_404(request, key)
    if request.method != "POST":
        return redirect("invite", key=key)
    code = invitations.invite(by=person_of(request), group=group, now=timezone.now())
    return _page(request, group, InvitationLinkForm(group=group), code=code)


def _page(
    request: HttpRequest, group: Group, form: InvitationLinkForm, *, code: str = ""
) -> HttpResponse:
    link = invitations.current_link(group, now=timezone.now())
    context = {
        "group": group,
        "form": form,
        "link": link,
        "link_url": request.build_absolute_uri(link.get_absolute_url()) if link else "",
        "code": code,
    }
    return render(request, "scheduler/manage/invite.html", context)
