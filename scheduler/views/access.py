"""Groups and sessions a person manages, by key; others are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404

from accounts.views.access import person_of
from scheduler.models import Group, Occurrence

if TYPE_CHECKING:
    from django.http import HttpRequest


def managed_group_or_404(request: HttpRequest, key: str) -> Group:
    """Return a group the signed-in person facilitates.

    Raises:
        Http404: there is none with this key.
    """
    return get_object_or_404(Group.objects.facilitated_by(person_of(request)), key=key)


def managed_session_or_404(request: HttpRequest, key: str) -> Occurrence:
    """Return a session of a group the signed-in person facilitates.

    Raises:
        Http404: there is none with this key.
    """
    mine = Group.objects.facilitated_by(person_of(request))
    sessions = Occurrence.objects.select_related("group", "substitute").filter(group__in=mine)
    return get_object_or_404(sessions, key=key)
