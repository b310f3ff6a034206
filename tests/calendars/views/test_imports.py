from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from scheduler.models import Series
from tests import make
from tests.calendars.ical.samples import uploaded
from tests.support.page_text import words

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tests.support.site import Site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

NOW = make.FRIDAY
HERE = "TZID=Europe/Bratislava"


def _event(name: str, start: str, *rule: str, tz: str = HERE, minutes: int = 60) -> str:
    lines = [f"SUMMARY:{name}", f"DTSTART;{tz}:{start}", f"DURATION:PT{minutes}M", *rule]
    return "\n".join(lines)


def _upload(site: Site, data: bytes) -> HttpResponse:
    file = SimpleUploadedFile("old.ics", data)
    address = f"/g/{site.group.key}/manage/calendar/"
    return site.browser(site.amina).post(address, {"file": file})  # type: ignore[return-value]


def _signed(page: HttpResponse) -> list[str]:
    return re.findall(r'name="series" value="([^"]+)"', page.content.decode())


def _take(site: Site, *signed: str) -> HttpResponse:
    return site.browser(site.amina).post(  # type: ignore[return-value]
        f"/g/{site.group.key}/manage/calendar/take/", {"series": signed}, follow=True
    )


def test_a_brought_series_begins_with_its_next_session(site: Site) -> None:
    data = uploaded(
        _event("Old Tuesdays", "20240109T190000", "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU")
    )
    page = _upload(site, data)
    assert "Every 2 weeks on Tuesday at 19:00" in words(page)
    _take(site, *_signed(page))
    series = Series.objects.get()
    first = series.occurrences.earliest("starts_at")
    assert (series.first_local - datetime(2024, 1, 9, 19)).days % 14 == 0
    assert NOW < first.starts_at < NOW + (datetime(2024, 1, 23) - datetime(2024, 1, 9))
    assert first.starts_at == datetime(2026, 6, 9, 17, tzinfo=UTC)


def test_what_a_counted_series_has_used_up_stays_used(site: Site) -> None:
    data = uploaded(_event("Ten", "20260519T190000", "RRULE:FREQ=WEEKLY;COUNT=5"))
    _take(site, *_signed(_upload(site, data)))
    assert Series.objects.get().occurrences.count() == 2


def test_only_what_was_ticked_is_founded(site: Site) -> None:
    events = [
        _event(f"Hour {hour}", f"20260609T{hour}0000", "RRULE:FREQ=WEEKLY") for hour in (10, 12)
    ]
    page = _upload(site, uploaded(*events))
    _take(site, _signed(page)[1])
    assert [series.first_local.hour for series in Series.objects.all()] == [12]


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        (_event("Far", "20260609T190000", "RRULE:FREQ=WEEKLY", tz="TZID=Asia/Tokyo"), "clock"),
        (_event("Long", "20260609T190000", "RRULE:FREQ=WEEKLY", minutes=600), "too long"),
        (_event("Past", "20240109T190000"), "are over"),
        ("SUMMARY:Whole\nDTSTART;VALUE=DATE:20260609", "whole days"),
    ],
)
def test_what_cannot_be_taken_over_is_left_out_with_a_reason(
    site: Site, event: str, sentence: str
) -> None:
    page = _upload(site, uploaded(event))
    assert sentence in words(page)
    assert not _signed(page)


@pytest.mark.parametrize("data", [b"no calendar", b"x" * (256 * 1024 + 1), b""])
def test_a_file_that_is_no_calendar_gets_a_sentence(site: Site, data: bytes) -> None:
    page = _upload(site, data)
    assert page.status_code == 200
    assert "error" in page.content.decode()


def test_a_series_that_was_not_read_here_is_not_founded(site: Site) -> None:
    other = make.group("Elsewhere")
    make.membership(site.amina, other, alias="Amina", role="facilitator")
    page = _upload(site, uploaded(_event("Hour", "20260609T100000", "RRULE:FREQ=WEEKLY")))
    (signed,) = _signed(page)
    site.browser(site.amina).post(f"/g/{other.key}/manage/calendar/take/", {"series": [signed]})
    assert "Upload the calendar again" in words(_take(site, f"{signed}x"))
    with time_machine.travel(NOW.replace(hour=14), tick=False):
        assert "Upload the calendar again" in words(_take(site, signed))
    assert not Series.objects.exists()
