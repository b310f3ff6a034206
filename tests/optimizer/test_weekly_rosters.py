from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from civiltime import zones
from optimizer import Attendee, Level, Season
from optimizer.progress import ignore_progress
from optimizer.weekly_rosters import (
    AvailableFacilitator,
    UnledReason,
    UnledSession,
    WeeklyQuestion,
    WeeklyRosters,
)
from tests.optimizer import make

if TYPE_CHECKING:
    from collections.abc import Mapping

MONDAY = datetime(2027, 1, 4)
EVENING = timedelta(hours=18)
AN_HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BUDGET = timedelta(seconds=20)


def session(
    id_: str,
    after: timedelta = EVENING,
    *,
    group: str = "lamp",
    languages: tuple[str, ...] = ("sk",),
    zone: str = "Europe/Bratislava",
    excluded: tuple[str, ...] = (),
) -> UnledSession:
    """Return an hour-long session that starts some time after a Monday's local midnight."""
    local = MONDAY + after
    starts_at = zones.resolve_local(local, zones.zone(zone))
    return UnledSession(
        id_, group, frozenset(languages), zone, local, starts_at, starts_at + AN_HOUR,
        frozenset(excluded),
    )  # fmt: skip


def facilitator(
    id_: str,
    *,
    span: str = "08:00-22:00",
    zone: str = "Europe/Copenhagen",
    languages: tuple[str, ...] = ("sk",),
    most: int = 5,
    busy: tuple[UnledSession, ...] = (),
    seasons: tuple[Season, ...] = (),
) -> AvailableFacilitator:
    person = Attendee(id_, zone, (make.window(span),), facilitator=True, seasons=seasons)
    return AvailableFacilitator(
        person, frozenset(languages), most, tuple((one.starts_at, one.ends_at) for one in busy)
    )


def roster_for(
    sessions: list[UnledSession],
    facilitators: list[AvailableFacilitator],
    last: Mapping[str, str] | None = None,
) -> WeeklyRosters:
    return WeeklyQuestion(tuple(sessions), tuple(facilitators), last or {}, BUDGET).answer(
        ignore_progress
    )


def who(rosters: WeeklyRosters) -> dict[str, str]:
    return {one.session: one.facilitator for one in rosters.proposals}


def test_a_person_with_the_language_and_the_time_leads() -> None:
    rosters = roster_for(
        [session("tue", DAY + EVENING)],
        [
            facilitator("mute", languages=("uk",)),
            facilitator("eve"),
            facilitator("owl", span="00:00-06:00"),
        ],
    )
    assert who(rosters) == {"tue": "eve"}
    assert rosters.proposals[0].language == "sk"
    assert rosters.proven
    assert rosters.provenance.tz_version == zones.TZ_VERSION


def test_a_session_that_nobody_can_lead_has_its_reason() -> None:
    nobody_speaks = roster_for([session("a", languages=("fa",))], [facilitator("eve")])
    nobody_awake = roster_for([session("a")], [facilitator("eve", span="06:00-12:00")])
    assert nobody_speaks.unled == {"a": UnledReason.NO_LANGUAGE}
    assert nobody_awake.unled == {"a": UnledReason.NO_HOUR}
    assert roster_for([session("a")], []).unled == {"a": UnledReason.NO_LANGUAGE}


def test_nobody_leads_more_sessions_than_their_limit_per_week() -> None:
    days = [session(f"d{n}", n * DAY + EVENING) for n in range(3)]
    already = session("own", 4 * DAY + EVENING)
    rosters = roster_for(days, [facilitator("eve", most=2, busy=(already,))])
    assert len(rosters.proposals) == 1
    assert rosters.proposals[0].nth_in_week == 2
    assert set(rosters.unled.values()) == {UnledReason.ALL_TAKEN}


def test_nobody_leads_two_sessions_at_once_or_without_a_quarter_between() -> None:
    asked = [session("a", EVENING), session("b", EVENING + AN_HOUR, group="other")]
    assert len(roster_for(asked, [facilitator("eve")]).proposals) == 1
    separated = [
        session("a", EVENING),
        session("b", EVENING + AN_HOUR + AN_HOUR / 4, group="other"),
    ]
    assert len(roster_for(separated, [facilitator("eve")]).proposals) == 2


def test_a_session_led_elsewhere_blocks_this_one_across_midnight() -> None:
    late = session("late", 6 * DAY + timedelta(hours=23, minutes=30))
    own = session("own", 7 * DAY, zone="Europe/Bratislava")
    assert roster_for([late], [facilitator("eve", span="00:00-00:00", busy=(own,))]).unled == {
        "late": UnledReason.ALL_TAKEN
    }


def test_consecutive_weeks_take_each_other_into_account() -> None:
    sunday = session("sun", 6 * DAY + timedelta(hours=23, minutes=30))
    monday = session("mon", 7 * DAY, group="other")
    rosters = roster_for([sunday, monday], [facilitator("eve", span="00:00-00:00")])
    assert who(rosters) == {"sun": "eve"}


def test_a_group_keeps_its_facilitator_where_that_costs_nothing() -> None:
    weeks = [session(f"w{n}", n * 7 * DAY + EVENING) for n in range(3)]
    rosters = roster_for(weeks, [facilitator("ana"), facilitator("eve")], {"lamp": "eve"})
    assert set(who(rosters).values()) == {"eve"}
    assert all(one.is_previous_leader for one in rosters.proposals)


def test_an_excluded_person_does_not_lead() -> None:
    rosters = roster_for(
        [session("a", excluded=("eve",))], [facilitator("eve"), facilitator("ana")]
    )
    assert who(rosters) == {"a": "ana"}


def test_a_season_counts_in_its_own_weeks_alone() -> None:
    away = Season(date(2027, 1, 4), date(2027, 1, 10), (make.window("00:00-00:00", Level.NO),))
    weeks = [session("this", EVENING), session("next", 7 * DAY + EVENING)]
    assert who(roster_for(weeks, [facilitator("eve", seasons=(away,))])) == {"next": "eve"}


def test_a_session_off_the_quarter_hours_is_held_by_those_around_it() -> None:
    odd = session("odd", timedelta(hours=21, minutes=10))
    assert odd.opening.candidates[0].time == time(21)
    assert odd.opening.duration == timedelta(hours=1, minutes=15)
    assert roster_for([odd], [facilitator("eve", span="08:00-22:00")]).unled == {
        "odd": UnledReason.NO_HOUR
    }
    assert who(roster_for([odd], [facilitator("eve", span="08:00-22:15")])) == {"odd": "eve"}


def test_a_question_without_needs_is_answered() -> None:
    rosters = roster_for([], [facilitator("eve")])
    assert (rosters.proposals, rosters.unled, rosters.proven) == ((), {}, True)
