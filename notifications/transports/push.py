"""Notices on people's devices, through the push services of browsers (RFC 8030, 8291, 8292)."""

from __future__ import annotations

import json
from functools import partial
from http import HTTPStatus
from time import monotonic, time
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from py_vapid import Vapid
from pywebpush import WebPusher

from notifications.actions.devices import record_push, remove_expired_device
from notifications.actions.push_subscriptions import is_push_service
from notifications.content.short_text import compose_short_text
from notifications.models import Device
from notifications.transports.errors import DeliveryRejected
from notifications.transports.sender import Sender
from notifications.transports.vapid import signing_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from notifications.queries.due_notices import DueNotice

CONNECT_SECONDS: Final = 5
ANSWER_SECONDS: Final = 10
SIGNATURE_SECONDS: Final = 6 * 3600  # push services accept at most a day (RFC 8292, 2)
PADDED_BYTES: Final = 512  # all payloads are this long: the length of one tells nothing
AWAY_SECONDS: Final = 30.0  # for which a service that did not answer is not asked again
EXPIRED: Final = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
RETRIABLE: Final = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT}
_ANY_CONTACT: Final = {"no-strict": True}  # allows a contact URL without https, for development


class PushSender(Sender):
    """Connections to push services, kept for a batch."""

    def __init__(self) -> None:
        self._session = requests.Session()
        self._session.max_redirects = 0  # the target of a redirect was not checked
        self._signatures: dict[str, dict[str, str]] = {}
        self._away: dict[str, float] = {}  # origins that did not answer, and until when to wait

    def prepare(self, digest: list[DueNotice]) -> Callable[[], None]:
        """Compose the short text for each device of one person."""
        notices = [due.notice for due in digest]
        devices = list(Device.objects.filter(person=notices[0].person).order_by("pk"))
        expires_in = min(notice.expires_at for notice in notices) - timezone.now()
        headers = {
            # A second copy of a message replaces the first, at the service and on the device.
            "Topic": notices[0].key.hex,
            "Urgency": "high" if any(notice.is_urgent for notice in notices) else "normal",
        }
        ttl_seconds = max(int(expires_in.total_seconds()), 1)
        return partial(self._hand_over, devices, payload(digest), headers, ttl_seconds)

    def _hand_over(
        self, devices: list[Device], body: str, headers: dict[str, str], ttl_seconds: int
    ) -> None:
        """Send to each device; it is enough if one of their services accepts."""
        outcomes = [self._send(device, body, headers, ttl_seconds) for device in devices]
        if None in outcomes:
            return
        retriable = (error for error in outcomes if error and not error.is_final)
        raise next(retriable, DeliveryRejected(is_final=True))

    def _send(
        self, device: Device, body: str, headers: dict[str, str], ttl_seconds: int
    ) -> DeliveryRejected | None:
        """Send to one device; return the rejection, or None if its service accepted.

        A service that is away concerns its own devices only, so the transport is not down. A
        missing answer is retriable, because a second copy replaces the first.
        """
        try:
            answer = self._request(device, body, headers, ttl_seconds)
        except (requests.ConnectionError, requests.Timeout):
            self._away[_origin(device.endpoint)] = monotonic() + AWAY_SECONDS
            return DeliveryRejected(is_final=False)
        except (requests.RequestException, ValueError):
            return DeliveryRejected(is_final=True)
        if answer.status_code in EXPIRED:
            remove_expired_device(device, timezone.now())
        elif answer.status_code < HTTPStatus.MULTIPLE_CHOICES:
            record_push(device, timezone.now())
            return None
        is_retriable = (
            answer.status_code in RETRIABLE
            or answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
        )
        return DeliveryRejected(is_final=not is_retriable)

    def _request(
        self, device: Device, body: str, headers: dict[str, str], ttl_seconds: int
    ) -> requests.Response:
        if not is_push_service(device.endpoint):
            raise ValueError("this push service is no longer allowed")
        if self._away.get(_origin(device.endpoint), 0.0) > monotonic():
            raise requests.ConnectTimeout
        subscription = {
            "endpoint": device.endpoint,
            "keys": {"p256dh": device.agreement_key, "auth": device.auth_secret},
        }
        answer: requests.Response = WebPusher(subscription, requests_session=self._session).send(
            body,
            headers | self._signature(device.endpoint),
            ttl=ttl_seconds,
            timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
        )
        return answer

    def _signature(self, endpoint: str) -> dict[str, str]:
        """Return the VAPID headers for an endpoint, cached: signing costs more than sending."""
        origin = _origin(endpoint)
        if origin not in self._signatures:
            claims = {
                "aud": origin,
                "exp": int(time()) + SIGNATURE_SECONDS,
                "sub": settings.PUBLIC_URL,
            }
            self._signatures[origin] = Vapid(signing_key(), _ANY_CONTACT).sign(claims)
        return self._signatures[origin]

    def was_accepted(self, message_key: UUID) -> bool:  # noqa: ARG002 - the base's signature
        """Return False: a second copy replaces the first, so it may safely be sent."""
        return False

    def close(self) -> None:
        """Close the connections."""
        self._session.close()


def _origin(endpoint: str) -> str:
    """Return the origin of a push service (RFC 6454)."""
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc}"


def payload(digest: list[DueNotice]) -> str:
    """Return what a device shows as JSON, padded with spaces to ``PADDED_BYTES``."""
    person = digest[0].notice.person
    with translation.override(person.language):
        title = _("Notification")
    short_text = compose_short_text(digest)
    fields = {
        "title": title,
        "body": short_text.sentence,
        "language": person.language,
        "tag": digest[0].notice.key.hex,
        "url": short_text.url,
    }
    encoded = json.dumps(fields, ensure_ascii=False)
    return encoded + " " * max(0, PADDED_BYTES - len(encoded.encode()))
