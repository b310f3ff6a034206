from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import pytest

from civiltime.recurrence import FirstDayOffRule, Rule, UnsupportedRule, expand
from civiltime.zones import zone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from zoneinfo import ZoneInfo

pytestmark = pytest.mark.data

ACCEPTED: Final = {
    "rrule_libical": "14-16 19 29-39 41-44 53 65-67 129",
    "rrule_icaljs": "4-11 13-17 27 34 62 63 77 81-87 89 91",
    "rrule_rust_tz": (
        "daily_10_occurrences daily_until_november every_other_day every_10_days_5_occurrences "
        "weekly_10_occurrences weekly_until_november every_other_week "
        "weekly_on_tue_and_thu_for_5_weeks every_other_week_some_days_until_dec "
        "every_other_week_some_days_8_occurrences monthly_on_first_friday_10_occurrences "
        "monthly_on_first_friday_until_dec monthly_on_2nd_and_15th_10_occurrences "
        "every_other_month_on_first_and_last_sunday_10_occurrences rrule_and_exdate_2 "
        "week_day_start_monday_generated_days week_day_start_sunday_generated_days"
    ),
}
BEGIN_OFF_RULE: Final = {
    "rrule_libical": "71",
    "rrule_icaljs": "12 18 20 39-43 92 93",
    "rrule_rust_tz": "daylight_savings_2",
}
COUNTS: Final = {"rrule_libical": 24, "rrule_icaljs": 27, "rrule_rust_tz": 17}
ALL_TIME: Final = {
    "after": datetime(1970, 1, 1, tzinfo=UTC),
    "before": datetime(2100, 1, 1, tzinfo=UTC),
}


@pytest.mark.parametrize("corpus", COUNTS)
def test_a_case_inside_the_allow_list_agrees_with_its_oracle(shared_data: Path, corpus: str):
    agreed = set()
    for case in cases(shared_data, corpus):
        if case["id"] in named(ACCEPTED[corpus]):
            assert starts(case, first_of(case)) == expected(case), case["id"]
            agreed.add(case["id"])
    assert len(agreed) == COUNTS[corpus]


@pytest.mark.parametrize("corpus", COUNTS)
def test_a_case_outside_the_allow_list_is_refused_with_a_reason(shared_data: Path, corpus: str):
    refused = set()
    for case in cases(shared_data, corpus):
        if case["id"] in named(ACCEPTED[corpus]):
            continue
        with pytest.raises(UnsupportedRule) as refusal:
            starts(case, first_of(case))
        assert refusal.value.reason, case["id"]
        off_rule = case["id"] in named(BEGIN_OFF_RULE[corpus])
        assert isinstance(refusal.value, FirstDayOffRule) is off_rule, case["id"]
        refused.add(case["id"])
    assert len(refused) + COUNTS[corpus] == len(list(cases(shared_data, corpus)))


def test_a_series_moved_to_the_next_valid_day_agrees_with_its_oracle(shared_data: Path):
    agreed = 0
    for corpus, ids in BEGIN_OFF_RULE.items():
        for case in cases(shared_data, corpus):
            if case["id"] not in named(ids):
                continue
            with pytest.raises(FirstDayOffRule) as refusal:
                starts(case, first_of(case))
            first = datetime.combine(refusal.value.next_valid, first_of(case).time())
            if instant(case, case["instances"][0]) == first.replace(tzinfo=tz_of(case)):
                assert starts(case, first) == expected(case), case["id"]
                agreed += 1
    assert agreed == 11


def cases(shared_data: Path, corpus: str) -> Iterator[dict[str, Any]]:
    """Yield each case with one rule as text, and with the last word of its name as its id."""
    for line in (shared_data / "ical" / f"{corpus}.jsonl").read_text("utf-8").splitlines():
        case = json.loads(line)
        rules = case["rrule"] if isinstance(case["rrule"], list) else [case["rrule"]]
        if len(rules) == 1 and case["dtstart"]:
            short = case["id"].rpartition("-")[2]
            yield case | {"rrule": rules[0], "id": short.lstrip("0")}


def named(ids: str) -> set[str]:
    """Return the ids of a list in which ``4-6`` stands for three numbers."""
    found = set()
    for word in ids.split():
        low, _, high = word.partition("-")
        found |= {str(n) for n in range(int(low), int(high) + 1)} if high else {word}
    return found


def first_of(case: dict[str, Any]) -> datetime:
    text = case["dtstart"].removesuffix("Z")
    return datetime.strptime(text, "%Y%m%dT%H%M%S" if "T" in text else "%Y%m%d")


def tz_of(case: dict[str, Any]) -> ZoneInfo:
    return zone(case.get("tzid") or "UTC")


def instant(case: dict[str, Any], text: str) -> datetime:
    if re.search(r"\d-\d", text):
        return datetime.fromisoformat(text)
    return first_of({"dtstart": text}).replace(tzinfo=tz_of(case))


def starts(case: dict[str, Any], first: datetime) -> list[datetime]:
    rule = Rule.parse(case["rrule"], first_local=first, tz=tz_of(case))
    found = list(expand(rule, first_local=first, tz=tz_of(case), **ALL_TIME))
    excluded = {
        instant(case, text.partition(":")[2][:15] if ":" in text else text)
        for entry in case.get("exdate") or []
        for text in entry.split(",")
    }
    instants = [start.at for start in found if start.at not in excluded]
    ends = not rule.is_open and not case.get("limit")
    return instants if ends else instants[: len(case["instances"])]


def expected(case: dict[str, Any]) -> list[datetime]:
    assert case["instances"]
    return [instant(case, text).astimezone(UTC) for text in case["instances"]]
