"""Who is asking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404

from scheduler.models import Person

if TYPE_CHECKING:
    from django.http import HttpRequest


def person_of(request: HttpRequest) -> Person:
    """Return the signed-in person; ``login_required`` stands before every view that calls this."""
    if not isinstance(request.user, Person):
        raise Http404
    return request.user
