from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.mail import EmailMultiAlternatives, get_connection
from django.urls import reverse

from config.sent_mail import PER_PAGE, read_mails

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client
    from pytest_django import Settings

MORNING = datetime(2026, 6, 5, 7, tzinfo=UTC)
EVENING = datetime(2026, 6, 5, 19, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    settings.IS_DEMO = True
    return tmp_path / "mail"


def write(*subjects: str, at: datetime = MORNING, text: str = "18:00, Kodaň") -> None:
    """Let Django's own backend write mails over one connection."""
    backend = "django.core.mail.backends.filebased.EmailBackend"
    with time_machine.travel(at, tick=False), get_connection(backend) as connection:
        for subject in subjects:
            mail = EmailMultiAlternatives(subject, text, "n@example.org", ["bo@example.org"])
            mail.attach_alternative("<b>never shown</b>", "text/html")
            mail.connection = connection
            mail.send()


def page(client: Client, **query: int) -> str:
    return client.get(reverse("sent_mail"), query).content.decode()


def test_mails_are_read_back_as_they_were_written(folder):
    write("Dnes o 18:00", text="Ein langer Weg: ěščř\n\nhttp://127.0.0.1:8000/x\n")

    [mail] = read_mails(folder)

    assert (mail.subject, mail.to, mail.sent_at) == ("Dnes o 18:00", "bo@example.org", MORNING)
    assert mail.text == "Ein langer Weg: ěščř\n\nhttp://127.0.0.1:8000/x\n"


def test_the_newest_comes_first_also_among_mails_of_one_connection(folder):
    write("third", at=EVENING)
    write("first", "second")

    assert [mail.subject for mail in read_mails(folder)] == ["third", "second", "first"]


def test_a_mail_that_is_still_being_written_waits(folder):
    write("whole")
    half = next(folder.iterdir()).read_bytes()[:-40]
    (folder / "20260605-080000-1.log").write_bytes(half)

    assert [mail.subject for mail in read_mails(folder)] == ["whole"]


def test_a_line_of_dashes_in_a_mail_breaks_nothing(folder):
    write("dashes", text=f"above\n{'-' * 79}\nbelow")

    assert [mail.subject for mail in read_mails(folder)] == ["dashes"]


@pytest.mark.django_db
def test_the_page_shows_the_text_and_never_the_html(client, folder):
    write("Tonight <at> six", text="<script>alert(1)</script>\nhttp://127.0.0.1:8000/door/x/")

    shown = page(client)

    assert "Tonight &lt;at&gt; six" in shown
    assert "bo@example.org" in shown
    assert "<script>alert" not in shown
    assert "never shown" not in shown
    assert 'href="http://127.0.0.1:8000/door/x/"' in shown


@pytest.mark.django_db
def test_without_mails_the_page_says_what_will_come(client, folder):
    assert "Nothing has been sent yet" in page(client)


@pytest.mark.django_db
def test_many_mails_take_many_pages(client, folder):
    write(*(f"mail number {number}" for number in range(PER_PAGE + 1)))

    assert page(client).count("mail number") == PER_PAGE
    assert page(client, page=2).count("mail number") == 1


@pytest.mark.django_db
def test_every_page_of_a_demonstration_links_to_sent_mail(client, folder):
    assert f'href="{reverse("sent_mail")}"' in client.get(reverse("meetings")).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["sent_mail", "meetings"])
def test_outside_a_demonstration_sent_mail_is_missing(client, folder, settings, name):
    settings.IS_DEMO = False
    write("private")

    answer = client.get(reverse(name))

    assert answer.status_code == (404 if name == "sent_mail" else 200)
    assert reverse("sent_mail") not in answer.content.decode().replace("/sent-mail/ ", "")
