"""The signed-in person, and the page to return to."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.http import Http404
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import Person

if TYPE_CHECKING:
    from django.http import HttpRequest


def person_of(request: HttpRequest) -> Person:
    """Return the signed-in person; use it in views behind ``login_required``.

    Raises:
        Http404: nobody is signed in.
    """
    if not isinstance(request.user, Person):
        raise Http404
    return request.user


def guest_of(request: HttpRequest) -> Person | None:
    """Return the guest whose browser this is, if it is one."""
    signed_in = getattr(request, "signed_in", None)
    is_guest = signed_in is not None and signed_in.is_authenticated and signed_in.is_guest
    return signed_in if is_guest else None


def participant_of(request: HttpRequest) -> Person | None:
    """Return who takes part in a session: the signed-in person or the guest; None for nobody."""
    return request.user if isinstance(request.user, Person) else guest_of(request)


def next_url(request: HttpRequest, default: str = "my_sessions") -> str:
    """Return the path or URL in ``next`` if it is on this site, else the URL named ``default``."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if _is_on_this_site(request, wanted) else resolve_url(default)


def page_before(request: HttpRequest) -> str:
    """Return path and query of the page from which the request was made, ``""`` if unknown.

    It is the Referer of this site; the policy of our pages (``same-origin``) sends it whole.
    """
    referer = request.headers.get("Referer", "")
    if not _is_on_this_site(request, referer):
        return ""
    parts = urlsplit(referer)
    return parts._replace(scheme="", netloc="", fragment="").geturl()


def _is_on_this_site(request: HttpRequest, url: str) -> bool:
    return url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
