"""The ASGI application of calendar feeds: Django's handler with a middleware list of its own.

Calendar programs poll by the thousand. They are served by a fixed number of threads, so that they
cannot take those of people's pages, and without sessions, sign-in, language or redirects.
"""

from __future__ import annotations

import re
from asyncio import get_running_loop
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.core.signals import request_started
from django.db import connection
from django.middleware.gzip import GZipMiddleware
from django.middleware.security import SecurityMiddleware
from django.urls import Resolver404, ResolverMatch

from calendars.views.polling import unknown_feed
from config.middleware import quiet_headers

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from django.core.handlers.asgi import ASGIRequest
    from django.http import HttpRequest, HttpResponseBase

    Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]

PREFIX: Final = "/c/"
THREADS: Final = 2
NO_GZIP: Final = re.compile(r"\bgzip\s*;\s*q=0(?:\.0*)?\s*(?:,|$)", re.IGNORECASE)


def calendars_at(prefix: str, pages: Application) -> Application:
    """Return an application that answers below a path itself and passes everything else on."""
    calendars = CalendarHandler()

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        handler = calendars if scope["path"].startswith(prefix) else pages
        await handler(scope, receive, send)

    return application


def keep_connection(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Keep this thread's database connection open after the request unless it failed.

    To open one costs as much as to answer a poll. On PostgreSQL Django checks a kept connection
    before its next use (``CONN_HEALTH_CHECKS``); on SQLite it takes each for usable.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if connection.errors_occurred:
            connection.close()
        connection.close_at = None
        return response

    return middleware


class Compression(GZipMiddleware):
    """Django's, which also compresses for clients that refuse it (RFC 9110, 12.5.3)."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Compress what is longer than 200 bytes and weaken its validator."""
        if NO_GZIP.search(request.headers.get("Accept-Encoding", "")):
            return response
        compressed: HttpResponseBase = super().process_response(request, response)
        return compressed


# The first is outermost.
MIDDLEWARE: Final[tuple[Any, ...]] = (
    SecurityMiddleware,
    Compression,
    quiet_headers,
    keep_connection,
)


class ShortChain(BaseHandler):
    """A Django handler whose middleware is ``MIDDLEWARE`` and not the setting of that name."""

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: ARG002 - Django's signature
        """Build the chain; it is synchronous, so that a request stays in one thread."""
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        chain: Any = convert_exception_to_response(self._get_response)  # type: ignore[attr-defined]
        for middleware in reversed(MIDDLEWARE):
            chain = convert_exception_to_response(middleware(chain))
        self._middleware_chain = chain

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """Return the view of a path; a path of no feed is missing in plain text, not as a page."""
        try:
            return super().resolve_request(request)
        except Resolver404:
            return ResolverMatch(unknown_feed, (), {})


class CalendarHandler(ShortChain, ASGIHandler):
    """Django's ASGI handler on ``THREADS`` threads that live as long as the process.

    Django's own gives each request a thread, and with it a new database connection. A request's
    body is not read: a feed is only fetched.
    """

    def __init__(self) -> None:
        super().__init__()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="calendars")

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:  # noqa: ARG002 - ASGI
        """Answer one request in the next free thread."""
        request, response = self.create_request(scope, BytesIO())
        if request is not None:
            loop = get_running_loop()
            response = await loop.run_in_executor(self._threads, self._respond, request)
        assert response is not None  # noqa: S101 - what is no request has an error
        await self.send_response(response, send)

    def _respond(self, request: ASGIRequest) -> HttpResponseBase:
        """Return the response, between the two signals on which Django checks connections."""
        request_started.send(sender=type(self), scope=request.scope)
        response = self.get_response(request)
        response.close()  # sends request_finished; the content can still be read
        return response
