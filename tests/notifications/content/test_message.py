from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
import time_machine
from django.conf import settings
from django.utils import translation

from notifications.content.message import compose_message
from notifications.delivery.dispatcher import dispatch, read_claimed
from notifications.delivery.leases import claim
from notifications.models import Consent, Notice, Transport
from notifications.planning.planner import plan
from scheduler.models import Membership, Occurrence
from tests import make
from tests.support.reminders import LONG_AGO, REVEALING, parts, reader, session

if TYPE_CHECKING:
    from email.message import EmailMessage

    from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db


def mail_for(smtp_server: SmtpServer, *, tz: str, starts_at: datetime) -> EmailMessage:
    """Send the hour-before reminder of one session to a reader in a zone."""
    bo = reader(tz=tz)
    group = make.group("Opioid recovery circle", organisation=make.organisation("Sober Harbour"))
    make.occurrence(group, starts_at=starts_at)
    Membership.objects.filter(pk=make.membership(bo, group, alias="Heron").pk).update(
        since=starts_at - timedelta(days=30)
    )
    with time_machine.travel(starts_at - timedelta(minutes=55), tick=False):
        plan(starts_at - timedelta(minutes=55))
        assert dispatch(Transport.EMAIL) == {"done": 1}
    return smtp_server.mails[-1]


SUMMER, WINTER = datetime(2026, 10, 24, 16, 0, tzinfo=UTC), datetime(2026, 11, 2, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tz", "summer", "winter"),
    [
        ("Europe/Copenhagen", "18:00 UTC+02:00", "17:00 UTC+01:00"),
        ("Africa/Cairo", "19:00 UTC+03:00", "18:00 UTC+02:00"),
        ("Asia/Kathmandu", "21:45 UTC+05:45", "21:45 UTC+05:45"),
        ("America/New_York", "12:00 UTC−04:00", "11:00 UTC−05:00"),
        ("America/Vancouver", "09:00 UTC−07:00", "09:00 UTC−07:00"),
        ("Australia/Lord_Howe", "03:00 UTC+11:00", "03:00 UTC+11:00"),
        ("Africa/Casablanca", "16:00 UTC", "16:00 UTC"),
        ("Asia/Tehran", "19:30 UTC+03:30", "19:30 UTC+03:30"),
        ("America/St_Johns", "13:30 UTC−02:30", "12:30 UTC−03:30"),
        ("Pacific/Auckland", "05:00 UTC+13:00", "05:00 UTC+13:00"),
    ],
)
def test_times_are_the_readers_own_on_both_sides_of_a_clock_change(
    tz: str, summer: str, winter: str
) -> None:
    bo = reader(tz=tz)
    times = []
    for starts_at in (SUMMER, WINTER):
        session(bo, starts_in=starts_at - make.FRIDAY)
        now = starts_at - timedelta(minutes=55)
        plan(now)
        held = claim(Transport.EMAIL, 1, now)
        assert held is not None
        message = compose_message(read_claimed(held))
        clock, offset = re.findall(r"\d\d:\d\d|UTC[+−\d:]*", message.text)
        assert clock in message.html
        times.append(f"{clock} {offset}")
    assert times == [summer, winter]


def test_the_subject_says_when_and_nothing_else(smtp_server: SmtpServer) -> None:
    mail = mail_for(smtp_server, tz="Europe/Copenhagen", starts_at=SUMMER)
    assert mail["Subject"] == "Reminder: Saturday 18:00 (Copenhagen)"
    assert mail["From"] == settings.DEFAULT_FROM_EMAIL


def test_the_weekday_is_the_readers_where_midnight_lies_between(smtp_server: SmtpServer) -> None:
    mail = mail_for(smtp_server, tz="Pacific/Auckland", starts_at=SUMMER)
    assert mail["Subject"] == "Reminder: Sunday 05:00 (Auckland)"


def test_the_link_leads_to_the_session_page_and_carries_no_secret(smtp_server: SmtpServer) -> None:
    text, html = parts(mail_for(smtp_server, tz="Europe/Copenhagen", starts_at=SUMMER))
    url = f"{settings.PUBLIC_URL}/s/{Occurrence.objects.get().key}/"
    assert url in text
    assert f'href="{url}"' in html


def test_headers_say_that_this_is_automatic_and_how_to_stop_it(
    smtp_server: SmtpServer,
) -> None:
    mail = mail_for(smtp_server, tz="Europe/Copenhagen", starts_at=SUMMER)
    key = Consent.objects.get(topic="reminders").key
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] == f"<{settings.PUBLIC_URL}/stop/{key}/>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert UUID(mail["Message-ID"][1:].split("@")[0]) == Notice.objects.get(state="done").key


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_no_word_of_a_mail_reveals_what_it_is_about(language: str, smtp_server: SmtpServer) -> None:
    with translation.override(language):
        mail = mail_for(smtp_server, tz="Europe/Copenhagen", starts_at=SUMMER)
    text, html = parts(mail)
    headers = " ".join(f"{name}: {value}" for name, value in mail.items() if name != "To")
    shown = re.sub(r"<style>.*?</style>|<meta[^>]*>", "", html, flags=re.DOTALL)
    everything = f"{headers} {text} {shown}".casefold()
    names = ["opioid recovery circle", "sober harbour", "heron", "commonhour", "bo "]
    for word in [*REVEALING[language].split(), *names]:
        assert word not in everything, word


def test_the_calendar_of_words_covers_every_language() -> None:
    assert set(REVEALING) == {code for code, _ in settings.LANGUAGES}


def test_the_mail_loads_nothing_from_anywhere() -> None:
    for template in Path("templates/notifications/mail").glob("*.html"):
        assert not re.search(r"<img|<link|<script|@import|url\(", template.read_text("utf-8"))


def test_a_session_without_readers_costs_no_mail(smtp_server: SmtpServer) -> None:
    session(make.person("chen", email="chen@example.org"), since=LONG_AGO)
    plan(make.FRIDAY)
    assert dispatch(Transport.EMAIL) == {}
