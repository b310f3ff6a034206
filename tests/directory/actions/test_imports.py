from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from civiltime import zones
from civiltime.recurrence import Rule
from directory.actions.imports import ImportedSchedule, Outcome, import_group
from scheduler.models import Group, Membership, Occurrence, Organisation, ScheduleChange
from tests import make
from tests.make import FRIDAY

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 6, 8, 18, 30)
SCHEDULE = ImportedSchedule(
    zones.zone("Europe/Kyiv"), MONDAY, Rule.parse("FREQ=WEEKLY;BYDAY=MO"), 60
)


def imported(
    organisation: Organisation,
    *,
    name: str = "Harbour Lights",
    languages: tuple[str, ...] = ("uk", "en"),
    schedule: ImportedSchedule = SCHEDULE,
    now: datetime = FRIDAY,
) -> Outcome:
    return import_group(
        organisation=organisation,
        source="list:harbour-lights",
        name=name,
        languages=languages,
        schedule=schedule,
        now=now,
    )


def to_come(now: datetime = FRIDAY) -> list[datetime]:
    kept = Occurrence.objects.taking_place().filter(starts_at__gt=now).order_by("starts_at")
    return [occurrence.starts_local for occurrence in kept]


def test_an_imported_group_is_unlisted_and_meets_on_its_own_wall_clock():
    assert imported(make.organisation()) == Outcome.CREATED

    group = Group.objects.get()
    assert (group.name, group.languages, group.is_listed) == ("Harbour Lights", ["en", "uk"], False)
    assert group.tz == zones.zone("Europe/Kyiv")
    assert to_come()[:2] == [MONDAY, MONDAY + timedelta(weeks=1)]
    assert ScheduleChange.objects.get().by is None


def test_the_same_list_a_week_later_changes_nothing():
    organisation = make.organisation()
    imported(organisation)
    before = to_come()

    later = SCHEDULE._replace(first_local=MONDAY + timedelta(weeks=1))
    assert (
        imported(organisation, schedule=later, now=FRIDAY + timedelta(weeks=1)) == Outcome.UNCHANGED
    )

    assert to_come() == before
    assert ScheduleChange.objects.count() == 1


def test_a_new_name_and_language_are_taken_over():
    organisation = make.organisation()
    imported(organisation)

    assert imported(organisation, name="Harbour", languages=("pl",)) == Outcome.CHANGED

    group = Group.objects.get()
    assert (group.name, group.languages) == ("Harbour", ["pl"])


@pytest.mark.parametrize(
    "schedule",
    [
        SCHEDULE._replace(tz=zones.zone("Europe/Warsaw")),
        SCHEDULE._replace(first_local=MONDAY.replace(hour=19)),
        SCHEDULE._replace(
            first_local=MONDAY + timedelta(days=1), rule=Rule.parse("FREQ=WEEKLY;BYDAY=TU")
        ),
        SCHEDULE._replace(duration_minutes=90),
    ],
    ids=["zone", "time", "weekday", "duration"],
)
def test_another_hour_calls_off_the_old_sessions_and_begins_anew(schedule):
    organisation = make.organisation()
    imported(organisation)
    planned = len(to_come())

    assert imported(organisation, schedule=schedule) == Outcome.CHANGED

    assert Occurrence.objects.exclude(cancelled_at=None).count() == planned
    assert to_come()[0] == schedule.first_local
    assert Group.objects.get().tz == schedule.tz
    assert imported(organisation, schedule=schedule) == Outcome.UNCHANGED


def test_two_organisations_may_import_the_same_list():
    imported(make.organisation())

    assert imported(make.organisation()) == Outcome.CREATED
    assert Group.objects.count() == 2


def test_a_group_that_someone_facilitates_here_is_left_alone():
    organisation = make.organisation()
    imported(organisation)
    make.membership(
        make.person("amina"), Group.objects.get(), role=Membership.Role.FACILITATOR, alias="Amina"
    )

    assert imported(organisation, name="Someone else's idea") == Outcome.KEPT
    assert Group.objects.get().name == "Harbour Lights"


def test_a_group_that_was_closed_here_stays_closed():
    organisation = make.organisation()
    imported(organisation)
    Group.objects.update(closed_at=FRIDAY)

    assert imported(organisation, name="Back again") == Outcome.KEPT
    assert Group.objects.get().closed_at == FRIDAY
