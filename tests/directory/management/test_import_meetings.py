from __future__ import annotations

import json
from datetime import UTC, datetime
from io import StringIO
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.management import CommandError, call_command

from directory.formats.json_list import MAX_BYTES
from scheduler.models import Group, Occurrence, Organisation, Series
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.django_db

BEFORE_ALL = datetime(2026, 5, 28, tzinfo=UTC)


@pytest.fixture(autouse=True)
def spring() -> Iterator[None]:
    with time_machine.travel(BEFORE_ALL, tick=False):
        yield


def imported_report(file: Path, organisation: Organisation) -> list[str]:
    out = StringIO()
    call_command("import_meetings", file, organisation=organisation.name, stdout=out)
    return out.getvalue().splitlines()


def figures(report: list[str]) -> dict[str, int]:
    counted = [line.strip().split(" ", 1) for line in report[1:] if line[5:6].isdigit()]
    return {what: int(number) for number, what in counted}


@pytest.mark.data
def test_a_real_list_becomes_groups_that_meet_when_it_says(shared_data: Path):
    file = shared_data / "meetings/central-query-meetings-2026.json"
    published = {
        f"central-query:{row['slug']}": datetime.fromisoformat(row["startDateUTC"]["$date"])
        for row in json.loads(file.read_bytes())
        if "startDateUTC" in row
    }

    report = imported_report(file, make.organisation())

    assert figures(report) == {
        "made": 149,
        "unchanged": 0,
        "changed": 0,
        "kept": 0,
        "not schedulable": 11,
        "with a remark": 6,
    }
    meeting = {
        (source, at)
        for source, at in Occurrence.objects.values_list("group__imported_from", "starts_at")
    }
    assert published.items() <= meeting
    assert not Group.objects.filter(is_listed=True).exists()


@pytest.mark.data
def test_a_second_run_changes_nothing(shared_data: Path):
    file = shared_data / "meetings/central-query-meetings-2026.json"
    organisation = make.organisation()
    imported_report(file, organisation)
    rows = [list(model.objects.order_by("pk").values()) for model in (Group, Series, Occurrence)]

    report = imported_report(file, organisation)

    assert figures(report)["unchanged"] == 149
    assert rows == [
        list(model.objects.order_by("pk").values()) for model in (Group, Series, Occurrence)
    ]


def test_every_row_that_is_left_out_is_named_with_its_reason(tmp_path: Path):
    file = tmp_path / "list.json"
    file.write_text('[{"slug": "a", "name": "Never Ends"}, null]', "utf-8")

    report = imported_report(file, make.organisation())

    assert [line.strip() for line in report if ": It" in line] == [
        "Never Ends: It has no weekday and time: it goes on at all hours, or by appointment.",
        "row 2: It is not an object with fields.",
    ]


@pytest.mark.parametrize(
    ("contents", "sentence"),
    [
        (b"Dear all, here is the list", "not JSON"),
        (b'"a list"', "should begin with"),
        (b" " * (MAX_BYTES + 1), "larger than"),
    ],
)
def test_a_file_that_is_no_list_stops_with_a_sentence(contents, sentence, tmp_path: Path):
    file = tmp_path / "list.json"
    file.write_bytes(contents)

    with pytest.raises(CommandError, match=sentence):
        imported_report(file, make.organisation())
    assert not Group.objects.exists()


def test_a_file_that_is_not_there_stops_with_a_sentence(tmp_path: Path):
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        imported_report(tmp_path / "nowhere.json", make.organisation())


def test_an_unknown_organisation_stops_with_the_names_of_those_that_are_there(tmp_path: Path):
    make.organisation("Open Window")

    with pytest.raises(CommandError, match=r"“Opne Window”. There are: Open Window"):
        imported_report(tmp_path / "list.json", Organisation(name="Opne Window"))
