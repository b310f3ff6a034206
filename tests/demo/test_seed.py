from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from accounts.models import Person
from demo.build import is_built
from notifications.models import Notice
from scheduler.models import Group, Membership, Occurrence, ScheduleChange, Seat, Series
from tests.support.demo_time import NOW

FACTS = (Person, Group, Membership, Series, Occurrence, Seat, ScheduleChange, Notice)


def seed(*, after: timedelta = timedelta()) -> str:
    out = StringIO()
    with time_machine.travel(NOW + after, tick=False):
        call_command("seed", stdout=out)
    return out.getvalue()


def facts() -> list[list[dict[str, object]]]:
    return [list(model.objects.order_by("pk").values()) for model in FACTS]


def test_seeding_shows_progress_and_ends_with_three_sign_ins(nothing):
    said = seed()

    assert said.startswith("· 45 people\n· Open Window: ")
    assert said.endswith(
        "\n\nFirst Light meets at 15:05 in Africa/Nairobi (12:05 UTC).\n"
        "Sign in as\n"
        "  amina  facilitates, in Cairo\n"
        "  bo     a member, in Copenhagen\n"
        "  daria  coordinates, and looks after this installation, in Bratislava\n"
        "with the password  one hour we all share\n"
    )


def test_a_second_run_changes_nothing(demo_data):
    seed()
    before = facts()

    said = seed(after=timedelta(minutes=2))

    assert said.startswith("· the demonstration's world is here already\n")
    assert facts() == before


def test_bos_reminder_is_out_when_seeding_ends(demo_data, mailoutbox):
    seed()

    reminders = [mail for mail in mailoutbox if "14:05" in mail.subject + mail.body]  # Copenhagen
    assert [mail.to for mail in reminders] == [["bo@example.org"]]
    assert "First Light" not in reminders[0].subject + str(reminders[0].body)


def test_three_days_later_another_session_is_near_and_its_reminder_is_out(demo_data, mailoutbox):
    seed()
    mailoutbox.clear()

    seed(after=timedelta(days=3, hours=1))

    assert [mail.to for mail in mailoutbox if "15:05" in mail.subject + mail.body] == [
        ["bo@example.org"]
    ]


def test_a_database_that_holds_another_amina_is_left_alone(nothing):
    Person.objects.create(username="amina", tz="Africa/Cairo")

    with pytest.raises(CommandError, match="something else already"):
        seed()
    assert not is_built()


def test_a_public_passphrase_never_reaches_production(nothing, settings):
    settings.IS_PRODUCTION = True

    with pytest.raises(CommandError, match="not in production"):
        seed()
    assert not Person.objects.exists()
