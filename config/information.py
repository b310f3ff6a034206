"""Pages about this site: who runs it, what it keeps, what people may expect of each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.shortcuts import render

from scheduler.text.agreement import RULES

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def about(request: HttpRequest) -> HttpResponse:
    """Say what this site is, who runs it and how to reach them."""
    contact = settings.OPERATOR_CONTACT
    context = {
        "operator": settings.OPERATOR_NAME,
        "contact": contact,
        "contact_url": contact if "://" in contact else f"mailto:{contact}",
    }
    return render(request, "information/about.html", context)


def privacy(request: HttpRequest) -> HttpResponse:
    """Say what is kept, for how long, and who can see it."""
    return render(request, "information/privacy.html")


def terms(request: HttpRequest) -> HttpResponse:
    """Say what people may expect of this site and of each other."""
    return render(request, "information/terms.html", {"rules": RULES})
