"""Notices on people's devices, through the push services of their browsers (RFC 8030, 8291, 8292)."""

from __future__ import annotations

import json
from functools import partial
from http import HTTPStatus
from time import monotonic, time
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from py_vapid import Vapid
from pywebpush import WebPusher

from notifications.actions.devices import record_push, remove_expired_device
from notifications.content.short_text import compose_short_text
from notifications.models import Device
from notifications.transports import DeliveryRejected
from notifications.transports.push_subscriptions import is_push_service, signing_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from uuid import UUID

    from notifications.delivery.validity import Due

CONNECT_SECONDS: Final = 5
ANSWER_SECONDS: Final = 10
SIGNATURE_LASTS: Final = 6 * 3600  # seconds; push services accept at most a day
PADDED_TO: Final = 512  # bytes, so that not even the length tells what is said
GONE: Final = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
AWAY_FOR: Final = 30.0  # seconds
SERVERS_FAULT: Final = HTTPStatus.INTERNAL_SERVER_ERROR
_ANY_CONTACT: Final = {"no-strict": True}  # on a developer's machine we have no https address
LATER: Final = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT}


class PushSender:
    """Connections to push services, kept for as long as there is something to send."""

    def __init__(self) -> None:
        self._session = requests.Session()
        self._session.max_redirects = 0  # where a service redirects to, nobody has checked
        self._signatures: dict[str, dict[str, str]] = {}
        self._away: dict[str, float] = {}  # services that did not answer, until when to believe it

    def prepare(self, digest: list[Due]) -> Callable[[], None]:
        """Write the few words that a locked screen may show, for each device of one person."""
        notices = [due.notice for due in digest]
        devices = list(Device.objects.filter(person=notices[0].person).order_by("pk"))
        lasts = min(notice.expires_at for notice in notices) - timezone.now()
        headers = {
            # A later copy of the same message replaces the one before, here and on the device.
            "Topic": notices[0].key.hex,
            "Urgency": "high" if any(notice.is_urgent for notice in notices) else "normal",
        }
        words = payload(digest)
        return partial(self._hand_over, devices, words, headers, int(lasts.total_seconds()))

    def _hand_over(
        self, devices: list[Device], words: str, headers: dict[str, str], ttl: int
    ) -> None:
        """Give it to each device's service; one that took it is enough."""
        outcomes = [self._give(device, words, headers, ttl) for device in devices]
        if None in outcomes:
            return
        raise next(
            (it for it in outcomes if it and not it.is_final), DeliveryRejected(is_final=True)
        )

    def _give(
        self, device: Device, words: str, headers: dict[str, str], ttl: int
    ) -> DeliveryRejected | None:
        """Return how one device's service refused; None if it took the message.

        A service that is away concerns its own devices only, so it is no reason to shut the way.
        An answer that did not come is one more reason to try again: a copy replaces the first.
        """
        try:
            answer = self._post(device, words, headers, ttl)
        except (requests.ConnectionError, requests.Timeout):
            self._away[_audience(device.endpoint)] = monotonic() + AWAY_FOR
            return DeliveryRejected(is_final=False)
        except (requests.RequestException, ValueError):
            return DeliveryRejected(is_final=True)
        if answer.status_code in GONE:
            remove_expired_device(device, timezone.now())
        elif answer.status_code < HTTPStatus.MULTIPLE_CHOICES:
            record_push(device, timezone.now())
            return None
        is_passing = answer.status_code in LATER or answer.status_code >= SERVERS_FAULT
        return DeliveryRejected(is_final=not is_passing)

    def _post(
        self, device: Device, words: str, headers: dict[str, str], ttl: int
    ) -> requests.Response:
        if not is_push_service(device.endpoint):
            raise ValueError("an address that was allowed once and is no longer")
        if self._away.get(_audience(device.endpoint), 0.0) > monotonic():
            raise requests.ConnectTimeout
        subscription = {
            "endpoint": device.endpoint,
            "keys": {"p256dh": device.agreement_key, "auth": device.auth_secret},
        }
        answer: requests.Response = WebPusher(subscription, requests_session=self._session).send(
            words,
            headers | self._signature(device.endpoint),
            ttl=max(ttl, 1),
            timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
        )
        return answer

    def _signature(self, endpoint: str) -> dict[str, str]:
        """Return the headers that say who we are; signing costs more than sending."""
        audience = _audience(endpoint)
        if audience not in self._signatures:
            claims = {
                "aud": audience,
                "exp": int(time()) + SIGNATURE_LASTS,
                "sub": settings.PUBLIC_URL,
            }
            self._signatures[audience] = Vapid(signing_key(), _ANY_CONTACT).sign(claims)
        return self._signatures[audience]

    def ask(self, _message_key: UUID) -> bool:
        """Say no: a second copy replaces the first one on the device, so it may safely be sent."""
        return False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        self._session.close()


def _audience(endpoint: str) -> str:
    """Return the origin of a push service."""
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc}"


def payload(digest: list[Due]) -> str:
    """Write what the device shows, as JSON that is always as long: spaces fill it up."""
    person = digest[0].notice.person
    with translation.override(person.language):
        title = _("Notice")
    said = compose_short_text(digest)
    words = {
        "title": title,
        "body": said.sentence,
        "language": person.language,
        "tag": digest[0].notice.key.hex,
        "url": said.url,
    }
    told = json.dumps(words, ensure_ascii=False)
    return told + " " * max(0, PADDED_TO - len(told.encode()))
