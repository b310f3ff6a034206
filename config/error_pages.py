"""Answers that say why nothing was changed, and lead back to where a person was."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse, HttpResponseForbidden, HttpResponseNotAllowed
from django.shortcuts import redirect, resolve_url
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from accounts.views.access import page_before

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase


def return_after_sign_in(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Lead whoever pressed a button while signed out back to the page with that button.

    ``login_required`` puts the address of the request into ``next``. That of a POST often answers
    no GET, and nothing is posted a second time by itself.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.method != "POST" or not _asks_to_sign_in(response):
            return response
        messages.info(
            request, _("You were signed out, so nothing was changed. Sign in, then try once more.")
        )
        page = page_before(request)
        return redirect_to_login(page) if page else redirect("sign_in")

    return middleware


def _asks_to_sign_in(response: HttpResponseBase) -> bool:
    location = urlsplit(response.headers.get("Location", ""))
    return location.path == resolve_url("sign_in") and location.query.startswith("next=")


def explain_refused_methods(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Give each empty 405 a page: an address of a button was opened, or a page was posted to."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            back = request.path if "GET" in response.headers["Allow"] else page_above(request.path)
            response.content = render_to_string("405.html", {"back": back})
        return response

    return middleware


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's
    """Say that a form came without its token, with a link to the page that it stood on."""
    return HttpResponseForbidden(
        render_to_string("403_csrf.html", {"back": page_before(request) or "/"})
    )


def page_above(path: str) -> str:
    """Return the nearest address above a path: ``/s/key/`` for ``/s/key/seat/``, at last ``/``.

    Addresses of buttons lie below the page that has them.
    """
    while path := path.rstrip("/").rpartition("/")[0]:
        try:
            resolve(f"{path}/")
        except Resolver404:
            continue
        return f"{path}/"
    return "/"
