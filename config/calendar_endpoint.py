"""Where calendar programs are answered: in threads that keep their database connection.

Django gives each request over ASGI a thread of its own, and so a new connection, which costs three
times what an unchanged calendar does. Polls come all day and are alike; two threads are enough.
"""

from __future__ import annotations

from asyncio import get_running_loop
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.exception import convert_exception_to_response
from django.db import DatabaseError, connection
from django.http import HttpResponse
from django.middleware.security import SecurityMiddleware

from config.middleware import CALENDARS, calendars_apart, quiet_headers

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from django.http import HttpRequest, HttpResponseBase

    Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]

THREADS: Final = 2


def calendar_lane(elsewhere: Application) -> Application:
    """Answer what is asked of calendars, and pass everything else on."""
    threads = ThreadPoolExecutor(THREADS, thread_name_prefix="calendars")

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if not scope["path"].startswith(CALENDARS):
            await elsewhere(scope, receive, send)
            return
        answer = await get_running_loop().run_in_executor(threads, _answer, scope)
        headers = [(name.lower().encode(), text.encode()) for name, text in answer.items()]
        start = {"type": "http.response.start", "status": answer.status_code, "headers": headers}
        await send(start)
        await send({"type": "http.response.body", "body": answer.content})

    return application


def _answer(scope: dict[str, Any]) -> HttpResponse:
    """Answer in this thread; a connection that broke since the last question is opened again."""
    request = ASGIRequest(scope, BytesIO())
    try:
        return _chain(request)
    except DatabaseError:
        connection.close()
    answer = convert_exception_to_response(_chain)(request)
    if connection.errors_occurred:
        connection.close()
    assert isinstance(answer, HttpResponse)  # noqa: S101 - the chain's, or a page that says 500
    return answer


def _chain(request: HttpRequest) -> HttpResponse:
    answer = SecurityMiddleware(quiet_headers(calendars_apart(_nothing)))(request)
    assert isinstance(answer, HttpResponse)  # noqa: S101 - a calendar is never streamed
    return answer


def _nothing(_request: HttpRequest) -> HttpResponseBase:
    return HttpResponse(status=404)
