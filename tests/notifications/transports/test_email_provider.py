from __future__ import annotations

import base64
import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client
from django.urls import clear_url_caches, include, path, reverse

from config import urls
from notifications.delivery.dispatcher import dispatch
from notifications.models import Consent, Notice, Transport
from notifications.planning.planner import plan
from tests import make
from tests.support.reminders import NOW, reader, session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse
    from pytest_django import Settings

    from accounts.models import Person
    from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db
HOUR_BEFORE = NOW + timedelta(hours=29)  # of a session in 30 hours
SECRET = "postmark:knows this"


@dataclass
class Provider:
    """Postmark's HTTP interface as documented, for one message at a time."""

    url: str = ""
    sent: list[dict[str, Any]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    drops_connection: int = 0


@contextmanager
def postmark() -> Iterator[Provider]:
    made = Provider()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status = made.answers.pop(0) if made.answers else 200
            if status == 200:
                made.sent.append(message)
            if made.drops_connection:
                made.drops_connection -= 1
                self.close_connection = True
                return
            payload = {"ErrorCode": 0, "Message": "OK", "MessageID": "m1", "To": message.get("To")}
            body = json.dumps(payload if status == 200 else {"ErrorCode": status}).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    made.url = f"http://127.0.0.1:{server.server_port}/"
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    with postmark() as opened:
        settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
        settings.ANYMAIL = settings.ANYMAIL | {
            "POSTMARK_SERVER_TOKEN": "token",
            "POSTMARK_API_URL": opened.url,
        }
        yield opened


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(HOUR_BEFORE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def bo() -> Person:
    person = reader("bo", leads=(60,))
    session(person)
    plan(HOUR_BEFORE)
    return person


def test_a_mail_leaves_by_a_provider_with_the_same_headers(bo: Person, provider: Provider) -> None:
    assert dispatch(Transport.EMAIL) == {"done": 1}
    (mail,) = provider.sent
    headers = {header["Name"]: header["Value"] for header in mail["Headers"]}
    key = Notice.objects.get(transport=Transport.EMAIL).key
    assert mail["To"] == "bo@example.org"
    assert headers["Message-ID"].startswith(f"<{key}@")
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/stop/" in headers["List-Unsubscribe"]


def test_nobody_watches_whether_a_mail_is_opened(bo: Person, provider: Provider) -> None:
    dispatch(Transport.EMAIL)
    (mail,) = provider.sent
    assert (mail["TrackOpens"], mail["TrackLinks"]) == (False, "None")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(401, "planned"), (429, "planned"), (503, "planned"), (422, "failed"), (500, "unconfirmed")],
)
def test_each_answer_means_what_it_means(
    status: int, outcome: str, bo: Person, provider: Provider
) -> None:
    provider.answers = [status]
    assert dispatch(Transport.EMAIL) == {outcome: 1}


def test_an_answer_that_never_came_is_unconfirmed(bo: Person, provider: Provider) -> None:
    provider.drops_connection = 1
    assert dispatch(Transport.EMAIL) == {"unconfirmed": 1}


def test_a_provider_that_is_away_costs_nothing_but_time(
    bo: Person, provider: Provider, settings: Settings
) -> None:
    settings.ANYMAIL = settings.ANYMAIL | {"POSTMARK_API_URL": "http://127.0.0.1:1/"}
    assert dispatch(Transport.EMAIL) == {"planned": 1}


@pytest.fixture
def webhooks(settings: Settings) -> Iterator[None]:
    settings.ANYMAIL = settings.ANYMAIL | {"WEBHOOK_SECRET": SECRET}
    urls.urlpatterns.append(path("anymail/", include("anymail.urls")))
    clear_url_caches()
    yield
    urls.urlpatterns.pop()
    clear_url_caches()


def report(payload: dict[str, object], secret: str = SECRET) -> HttpResponse:
    basic = base64.b64encode(secret.encode()).decode()
    return Client(enforce_csrf_checks=True).post(
        "/anymail/postmark/tracking/",
        json.dumps(payload),
        content_type="application/json",
        headers={"Authorization": f"Basic {basic}"},
    )


BOUNCE = {"RecordType": "Bounce", "TypeCode": 1, "Type": "HardBounce", "Email": "bo@example.org"}
COMPLAINT = {
    "RecordType": "SpamComplaint", "TypeCode": 100001, "Type": "SpamComplaint",
    "Email": "bo@example.org",
}  # fmt: skip


@pytest.mark.usefixtures("webhooks")
def test_a_bounce_stops_mail_and_the_page_says_so_kindly(bo: Person) -> None:
    assert report(BOUNCE).status_code == 200
    bo.refresh_from_db()
    assert not bo.can_be_mailed
    client = Client()
    client.force_login(bo)
    for name in ("notifications", "inbox", "give_address", "my_sessions"):
        page = client.get(reverse(name)).content.decode()
        assert "a message came back" in page, name
        assert "bo@example.org" in page, name


@pytest.mark.usefixtures("webhooks")
def test_a_bounce_drops_what_was_in_the_queue(bo: Person, smtp_server: SmtpServer) -> None:
    report(BOUNCE)
    dispatch(Transport.EMAIL)
    assert smtp_server.mails == []
    assert Notice.objects.get(transport=Transport.EMAIL).reason == "unreachable"


@pytest.mark.usefixtures("webhooks")
def test_a_complaint_ends_the_consent_to_mail(bo: Person) -> None:
    report(COMPLAINT)
    assert not Consent.objects.in_force().filter(person=bo, transport=Transport.EMAIL).exists()


@pytest.mark.usefixtures("webhooks")
def test_a_mailbox_that_is_full_for_the_moment_is_kept(bo: Person) -> None:
    report(BOUNCE | {"TypeCode": 2, "Type": "Transient"})
    bo.refresh_from_db()
    assert bo.can_be_mailed


@pytest.mark.usefixtures("webhooks")
def test_who_does_not_know_the_secret_marks_nobody(bo: Person) -> None:
    assert report(BOUNCE, "guess:guess").status_code == 400
    bo.refresh_from_db()
    assert bo.can_be_mailed


def test_without_a_secret_there_is_no_webhook(client: Client) -> None:
    assert client.post("/anymail/postmark/tracking/").status_code == 404


def test_a_mail_server_that_knows_no_such_mailbox_marks_the_address(
    bo: Person, smtp_server: SmtpServer
) -> None:
    smtp_server.answers_to_recipient = ["550 5.1.1 no such user"]
    assert dispatch(Transport.EMAIL) == {"failed": 1}
    bo.refresh_from_db()
    assert not bo.can_be_mailed


def test_a_refusal_that_is_about_us_marks_nobody(bo: Person, smtp_server: SmtpServer) -> None:
    make.person("dana", email="dana@example.org")
    smtp_server.answers_to_recipient = ["550 5.7.1 policy"]
    assert dispatch(Transport.EMAIL) == {"failed": 1}
    bo.refresh_from_db()
    assert bo.can_be_mailed
