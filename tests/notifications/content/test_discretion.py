"""Renders every kind in every language, level of detail and format, and searches for revealing words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.utils import translation

from accounts.actions.people import choose_language
from notifications.content.message import Message, compose_message
from notifications.kinds.registry import KINDS
from notifications.kinds.substitute import AS_USUAL
from notifications.models import Notice, Preferences, Transport
from notifications.queries.due_notices import read_due_notices
from notifications.transports import gateway
from notifications.transports.email import send_code
from notifications.transports.push import payload
from scheduler.models import Group, Membership, Occurrence, Organisation, ScheduleChange
from tests import make
from tests.support.reminders import NOW, REVEALING, session

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import Person
    from notifications.queries.due_notices import DueNotice
    from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db
EVERY_KIND = sorted(Notice.Kind.values)
LANGUAGES = [code for code, _ in settings.LANGUAGES]
NAMES = ["opioid recovery circle", "sober harbour", "heron", "amina", "bo ", "commonhour"]


@pytest.fixture
def bo() -> Person:
    return make.person("bo", email="bo@example.org")


@pytest.fixture
def occurrence(bo: Person) -> Occurrence:
    made = session(bo, make.person("amina"))
    Group.objects.update(name="Opioid recovery circle")
    Organisation.objects.update(name="Sober Harbour")
    Membership.objects.filter(person=bo).update(alias="Heron", own_name="Choir")
    ScheduleChange.objects.create(
        group=made.group, occurrence=made, kind="moved", at=NOW, reason="relapse",
        before={"starts_at": NOW.isoformat()},
    )  # fmt: skip
    return made


def due(kind: str, bo: Person, occurrence: Occurrence) -> DueNotice:
    """Return a notice of a kind, about a group if its kind is, else about a session."""
    is_of_a_group = kind in {"answered", "message"}
    where = {"group": occurrence.group} if is_of_a_group else {"occurrence": occurrence}
    notice = Notice.objects.create(
        person=bo, kind=kind, transport=Transport.EMAIL, version=0, is_urgent=False, due_at=NOW,
        next_try_at=NOW, expires_at=occurrence.starts_at, **where,
    )  # fmt: skip
    return read_due_notices(Notice.objects.filter(pk=notice.pk))[0]


def everything_in(written: Message) -> str:
    """Return every word that anybody could read, the sender's name included."""
    html = re.sub(r"<style>.*?</style>|<meta[^>]*>", "", written.html, flags=re.DOTALL)
    return f"{settings.DEFAULT_FROM_EMAIL} {written.subject} {written.text} {html}".casefold()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", EVERY_KIND)
def test_no_kind_of_notice_reveals_what_it_is_about(
    kind: str, language: str, bo: Person, occurrence: Occurrence
) -> None:
    choose_language(person=bo, language=language)
    written = everything_in(compose_message([due(kind, bo, occurrence)]))
    for word in [*REVEALING[language].split(), *NAMES, "choir"]:
        assert word not in written, word


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", EVERY_KIND)
def test_no_locked_screen_and_no_text_message_reveals_what_it_is_about(
    kind: str, language: str, bo: Person, occurrence: Occurrence
) -> None:
    choose_language(person=bo, language=language)
    news = due(kind, bo, occurrence)
    written = f"{payload([news])} {gateway.text_of([news], Transport.SMS)} {gateway.text_of([news], Transport.WEBHOOK)}"
    for word in [*REVEALING[language].split(), *NAMES, "choir"]:
        assert word not in written.casefold(), word


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_and_the_script_on_a_device_tell_nothing_either(
    language: str, smtp_server: SmtpServer, client: Client
) -> None:
    with translation.override(language):
        send_code("bo@example.org", "123456")
        script = client.get(
            "/service-worker.js", headers={"accept-language": language}
        ).content.decode()
    (mail,) = smtp_server.mails
    written = f"{mail['From']} {mail['Subject']} {mail.get_content()}".casefold()
    shown = " ".join(re.findall(r'"([^"]*)"', script.split("self.", 1)[0])).casefold()
    assert "notification" in shown
    for word in [*REVEALING[language].split(), *NAMES]:
        assert word not in written + shown, word


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_digest_of_everything_reveals_no_more(
    language: str, bo: Person, occurrence: Occurrence
) -> None:
    choose_language(person=bo, language=language)
    written = everything_in(compose_message([due(kind, bo, occurrence) for kind in EVERY_KIND]))
    for word in [*REVEALING[language].split(), *NAMES]:
        assert word not in written, word


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_name_appears_only_where_its_reader_asked_for_it(
    kind: str, bo: Person, occurrence: Occurrence
) -> None:
    notice = due(kind, bo, occurrence).notice
    seen = {}
    for detail in Preferences.Detail:
        Preferences.objects.update_or_create(person=bo, defaults={"detail": detail})
        seen[detail] = everything_in(
            compose_message(read_due_notices(Notice.objects.filter(pk=notice.pk)))
        )
    assert "choir" in seen[Preferences.Detail.OWN_NAME]
    assert "opioid recovery circle" not in seen[Preferences.Detail.OWN_NAME]
    assert "opioid recovery circle" in seen[Preferences.Detail.NAME]
    for written in seen.values():
        assert "sober harbour" not in written
        assert "heron" not in written
        assert "relapse" not in written


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_of_a_text_that_is_marked_for_messages_is_telling(language: str) -> None:
    with translation.override(language):
        texts = [text for kind in KINDS.values() for text in (*kind.texts, *AS_USUAL)]
        written = " ".join(str(text) for text in texts).casefold()
    assert not [word for word in REVEALING[language].split() if word in written]


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_mail_in_arabic_reads_from_the_right(
    kind: str, bo: Person, occurrence: Occurrence
) -> None:
    choose_language(person=bo, language="ar")
    written = compose_message([due(kind, bo, occurrence)])
    assert '<html lang="ar" dir="rtl">' in written.html
    for clock in re.findall(r"\d\d:\d\d", re.sub(r'datetime="[^"]*"', "", written.html)):
        ltr = f'<bdi dir="ltr">{clock}</bdi>', f"+{clock}</bdi>", f" {clock}"
        assert any(form in written.html for form in ltr)


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_the_plain_text_says_all_that_the_html_says_in_short_lines(
    kind: str, bo: Person, occurrence: Occurrence
) -> None:
    written = compose_message([due(kind, bo, occurrence)])
    for address in re.findall(r'href="([^"]+)"', written.html):
        assert address in written.text
    assert max(len(line) for line in written.text.splitlines() if "http" not in line) <= 78
    assert "\n\n\n\n" not in written.text
    assert "{{" not in written.text + written.html


def test_the_calendar_file_comes_only_when_asked_for_and_says_session(
    bo: Person, occurrence: Occurrence
) -> None:
    notice = due("reminder", bo, occurrence).notice
    assert compose_message(read_due_notices(Notice.objects.filter(pk=notice.pk))).calendars == ()
    Preferences.objects.create(person=bo, wants_calendar_file=True)
    (calendar,) = compose_message(read_due_notices(Notice.objects.filter(pk=notice.pk))).calendars
    written = calendar.decode()
    assert "SUMMARY:Session" in written
    assert "METHOD:REQUEST" not in written
    assert not re.search("ATTENDEE|ORGANIZER|VALARM|opioid|sober|heron", written, re.IGNORECASE)
