from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from civiltime import zones
from optimizer import Attendee, Level, Season
from optimizer.progress import unwatched
from optimizer.weekly_rosters import Helper, Need, NotLed, WeeklyQuestion, WeeklyRosters
from tests.optimizer import make

if TYPE_CHECKING:
    from collections.abc import Mapping

MONDAY = datetime(2027, 1, 4)
EVENING = timedelta(hours=18)
AN_HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BUDGET = timedelta(seconds=20)


def need(
    id_: str,
    after: timedelta = EVENING,
    *,
    group: str = "lamp",
    languages: tuple[str, ...] = ("sk",),
    zone: str = "Europe/Bratislava",
    shut_out: tuple[str, ...] = (),
) -> Need:
    """Build an hour-long session so long after a Monday's midnight, where it is agreed."""
    local = MONDAY + after
    starts_at = zones.resolve_local(local, zones.zone(zone))
    return Need(
        id_, group, frozenset(languages), zone, local, starts_at, starts_at + AN_HOUR,
        frozenset(shut_out),
    )  # fmt: skip


def helper(
    id_: str,
    *,
    span: str = "08:00-22:00",
    zone: str = "Europe/Copenhagen",
    languages: tuple[str, ...] = ("sk",),
    most: int = 5,
    taken: tuple[Need, ...] = (),
    seasons: tuple[Season, ...] = (),
) -> Helper:
    person = Attendee(id_, zone, (make.window(span),), facilitator=True, seasons=seasons)
    return Helper(
        person, frozenset(languages), most, tuple((one.starts_at, one.ends_at) for one in taken)
    )


def found(
    needs: list[Need], helpers: list[Helper], last: Mapping[str, str] | None = None
) -> WeeklyRosters:
    return WeeklyQuestion(tuple(needs), tuple(helpers), last or {}, BUDGET).answer(unwatched)


def who(rosters: WeeklyRosters) -> dict[str, str]:
    return {one.need: one.helper for one in rosters.led}


def test_who_speaks_the_language_and_has_the_hour_leads() -> None:
    rosters = found(
        [need("tue", DAY + EVENING)],
        [helper("mute", languages=("uk",)), helper("eve"), helper("owl", span="00:00-06:00")],
    )
    assert who(rosters) == {"tue": "eve"}
    assert rosters.led[0].language == "sk"
    assert rosters.proven
    assert rosters.provenance.tz_version == zones.TZ_VERSION


def test_what_nobody_can_lead_says_why() -> None:
    nobody_speaks = found([need("a", languages=("fa",))], [helper("eve")])
    nobody_awake = found([need("a")], [helper("eve", span="06:00-12:00")])
    assert nobody_speaks.not_led == {"a": NotLed.NO_LANGUAGE}
    assert nobody_awake.not_led == {"a": NotLed.NO_HOUR}
    assert found([need("a")], []).not_led == {"a": NotLed.NO_LANGUAGE}


def test_nobody_leads_more_sessions_a_week_than_she_holds() -> None:
    days = [need(f"d{n}", n * DAY + EVENING) for n in range(3)]
    already = need("own", 4 * DAY + EVENING)
    rosters = found(days, [helper("eve", most=2, taken=(already,))])
    assert len(rosters.led) == 1
    assert rosters.led[0].place_in_week == 2
    assert set(rosters.not_led.values()) == {NotLed.ALL_TAKEN}


def test_nobody_leads_two_sessions_at_once_or_without_a_quarter_between() -> None:
    asked = [need("a", EVENING), need("b", EVENING + AN_HOUR, group="other")]
    assert len(found(asked, [helper("eve")]).led) == 1
    apart = [need("a", EVENING), need("b", EVENING + AN_HOUR + AN_HOUR / 4, group="other")]
    assert len(found(apart, [helper("eve")]).led) == 2


def test_a_session_that_she_leads_elsewhere_keeps_her_from_this_one_also_over_midnight() -> None:
    late = need("late", 6 * DAY + timedelta(hours=23, minutes=30))
    own = need("own", 7 * DAY, zone="Europe/Bratislava")
    assert found([late], [helper("eve", span="00:00-00:00", taken=(own,))]).not_led == {
        "late": NotLed.ALL_TAKEN
    }


def test_two_weeks_know_of_each_other_at_their_border() -> None:
    sunday = need("sun", 6 * DAY + timedelta(hours=23, minutes=30))
    monday = need("mon", 7 * DAY, group="other")
    rosters = found([sunday, monday], [helper("eve", span="00:00-00:00")])
    assert who(rosters) == {"sun": "eve"}


def test_a_group_keeps_who_led_it_where_that_costs_nothing() -> None:
    weeks = [need(f"w{n}", n * 7 * DAY + EVENING) for n in range(3)]
    rosters = found(weeks, [helper("ana"), helper("eve")], {"lamp": "eve"})
    assert set(who(rosters).values()) == {"eve"}
    assert all(one.again for one in rosters.led)


def test_whom_the_group_does_not_want_does_not_lead() -> None:
    rosters = found([need("a", shut_out=("eve",))], [helper("eve"), helper("ana")])
    assert who(rosters) == {"a": "ana"}


def test_a_season_counts_in_its_own_weeks_alone() -> None:
    away = Season(date(2027, 1, 4), date(2027, 1, 10), (make.window("00:00-00:00", Level.NO),))
    weeks = [need("this", EVENING), need("next", 7 * DAY + EVENING)]
    assert who(found(weeks, [helper("eve", seasons=(away,))])) == {"next": "eve"}


def test_a_session_off_the_quarter_hours_is_held_by_those_around_it() -> None:
    odd = need("odd", timedelta(hours=21, minutes=10))
    assert odd.opening.candidates[0].time == time(21)
    assert odd.opening.duration == timedelta(hours=1, minutes=15)
    assert found([odd], [helper("eve", span="08:00-22:00")]).not_led == {"odd": NotLed.NO_HOUR}
    assert who(found([odd], [helper("eve", span="08:00-22:15")])) == {"odd": "eve"}


def test_a_question_without_needs_is_answered() -> None:
    rosters = found([], [helper("eve")])
    assert (rosters.led, rosters.not_led, rosters.proven) == ((), {}, True)
