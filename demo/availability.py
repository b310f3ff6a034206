"""Weekly availability of the demo's people, made from the presets of the page."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING, Final

from optimizer import Level, Window
from scheduler.actions.availability import add_season, add_windows, choose_availability_shares
from scheduler.rules.availability_presets import PRESETS
from scheduler.rules.weeks import EVERY_DAY, WEEKEND, WORKDAYS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from accounts.models import Person

DAWN: Final = Window(EVERY_DAY, time(6), time(8, 30), Level.IF_NEEDED)
LATE: Final = Window(EVERY_DAY, time(22), time(23, 30), Level.IF_NEEDED)
FREE_WEEKENDS: Final = Window(WEEKEND, time(6, 30), time(22), Level.PREFER)
LONG_EVENINGS: Final = Window(WORKDAYS, time(17), time(22, 30), Level.FINE)
MIDDAYS: Final = Window(EVERY_DAY, time(11), time(15), Level.FINE)

# Weeks are dealt out in turn, so that they say nothing about a person's country.
WEEKS: Final[tuple[tuple[Window, ...], ...]] = (
    (*PRESETS["evenings"].windows, FREE_WEEKENDS, DAWN),
    (LONG_EVENINGS, *PRESETS["weekends"].windows, *PRESETS["sunday"].windows),
    (*PRESETS["school"].windows, *PRESETS["evenings"].windows, FREE_WEEKENDS, LATE),
    (LONG_EVENINGS, FREE_WEEKENDS, *PRESETS["friday"].windows, DAWN),
    (*PRESETS["mornings"].windows, MIDDAYS, *PRESETS["evenings"].windows),
    (*PRESETS["bedtime"].windows, LONG_EVENINGS, FREE_WEEKENDS),
)
# In every group some people share no week.
WITHOUT_ANSWER: Final = {"maplebench", "newmoon", "papyrus", "zaatar"}
WITH_SEASON: Final = "bo"  # whose week is another one in July


def add_availability(people: Mapping[str, Person], *, now: datetime) -> int:
    """Add a week for nearly everybody, shared with all their groups; return for how many people."""
    telling = [people[username] for username in sorted(people.keys() - WITHOUT_ANSWER)]
    for number, person in enumerate(telling):
        add_windows(person=person, windows=WEEKS[number % len(WEEKS)], now=now)
        choose_availability_shares(
            person=person, groups=[], everywhere=True, coordinators=True, now=now
        )
    summer = add_season(
        person=people[WITH_SEASON],
        label="July by the sea",
        first_on=date(now.year, 7, 4),
        last_on=date(now.year, 7, 25),
        is_yearly=True,
        now=now,
    )
    add_windows(person=people[WITH_SEASON], windows=PRESETS["work"].windows, season=summer, now=now)
    return len(telling)
