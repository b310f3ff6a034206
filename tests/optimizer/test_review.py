from __future__ import annotations

from datetime import date, time

from civiltime import zones
from optimizer import Attendee, Level, Plan, Slot, TzTable, review
from tests.optimizer import make

EVENING = Slot("Europe/Copenhagen", 2, time(19))


def before_morocco_moved() -> TzTable:
    """Return a release that still has Morocco an hour ahead of UTC all year, as Nigeria is."""
    as_nigeria = {"Africa/Casablanca": "Africa/Lagos"}
    return TzTable("2026a", lambda name: zones.zone(as_nigeria.get(name, name)))


def plan(*people: Attendee, tz: TzTable | None = None, start: date = date(2026, 9, 7)) -> Plan:
    return Plan.of(make.group(*people, start=start, weeks=4), EVENING, tz=tz)


def zineb(*windows: object) -> Attendee:
    day = (make.window("08:00-22:00"),)
    return Attendee("zineb", "Africa/Casablanca", windows or day, facilitator=True)  # type: ignore[arg-type]


def test_a_plan_under_unchanged_clocks_has_nothing_to_review() -> None:
    agreed = plan(zineb(), make.bo())
    found = review(agreed)
    assert (found.zones, found.moved_meetings, found.failing) == ((), (), ())
    assert found.plan_provenance == found.provenance == agreed.provenance


def test_the_moved_meetings_of_people_whose_clocks_changed_are_listed() -> None:
    found = review(plan(zineb(), make.bo(), tz=before_morocco_moved()))
    assert found.zones == ("Africa/Casablanca",)
    assert {one.person for one in found.moved_meetings} == {"zineb"}
    assert [
        (one.occurrence, f"{one.old_local:%d %H:%M%z}", f"{one.new_local:%d %H:%M%z}")
        for one in found.moved_meetings
    ] == [
        (2, "23 18:00+0100", "23 17:00+0000"),
        (3, "30 18:00+0100", "30 17:00+0000"),
    ]
    assert (found.plan_provenance.tz_version, found.provenance.tz_version) == (
        "2026a",
        zones.TZ_VERSION,
    )
    assert found.plan_provenance.input_hash == found.provenance.input_hash


def test_a_week_that_suits_less_is_worse_and_one_that_cannot_be_held_is_failing() -> None:
    after_six = make.window("18:00-22:00", Level.PREFER)
    found = review(plan(zineb(after_six), make.bo(), tz=before_morocco_moved()))
    assert all(one.is_worse for one in found.moved_meetings)
    assert {(one.old_level, one.new_level) for one in found.moved_meetings} == {
        (Level.PREFER, Level.NO)
    }
    assert found.failing == (2, 3)


def test_when_the_anchor_changed_the_others_meetings_move() -> None:
    spec = make.group(zineb(), make.bo(), start=date(2026, 9, 7), weeks=4)
    agreed = Plan.of(spec, Slot("Africa/Casablanca", 2, time(18)), tz=before_morocco_moved())
    assert {one.person for one in review(agreed).moved_meetings} == {"bo"}


def test_a_change_outside_the_weeks_of_a_plan_moves_no_meeting() -> None:
    early = plan(zineb(), make.bo(), tz=before_morocco_moved(), start=date(2026, 6, 1))
    assert review(early).moved_meetings == ()


def test_moved_meetings_are_counted_before_they_are_built_and_indexed_in_any_order() -> None:
    moved_meetings = review(plan(zineb(), make.bo(), tz=before_morocco_moved())).moved_meetings
    assert len(moved_meetings) == 2
    assert moved_meetings[-1] == moved_meetings[1:][0] == list(moved_meetings)[1]
    assert moved_meetings[0].occurrence < moved_meetings[1].occurrence
