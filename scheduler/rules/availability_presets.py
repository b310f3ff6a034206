"""Windows that many people choose first; each can be changed afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from optimizer import Level, Window
from scheduler.rules.weeks import EVERY_DAY, WEEKEND, WORKDAYS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.functional import Promise

FRIDAY: Final = frozenset([4])
SATURDAY: Final = frozenset([5])
SUNDAY: Final = frozenset([6])


@dataclass(frozen=True, slots=True)
class Preset:
    """Some windows under a common name; ``when`` is the text of their hours."""

    name: Promise
    when: Promise
    windows: tuple[Window, ...]


def _preset(
    name: Promise, when: Promise, level: Level, *hours: tuple[Iterable[int], time, time]
) -> Preset:
    windows = tuple(Window(frozenset(days), start, end, level) for days, start, end in hours)
    return Preset(name, when, windows)


PRESETS: Final[dict[str, Preset]] = {
    "evenings": _preset(
        _("Evenings"), _("every day, 18:00 to 22:00"), Level.FINE, (EVERY_DAY, time(18), time(22))
    ),
    "mornings": _preset(
        _("Mornings"), _("Monday to Friday, 9:00 to 12:00"), Level.FINE,
        (WORKDAYS, time(9), time(12)),
    ),
    "weekends": _preset(
        _("Weekends"), _("Saturday and Sunday, 9:00 to 21:00"), Level.FINE,
        (WEEKEND, time(9), time(21)),
    ),
    "school": _preset(
        _("While children are at school"), _("Monday to Friday, 8:30 to 14:00"), Level.PREFER,
        (WORKDAYS, time(8, 30), time(14)),
    ),
    "bedtime": _preset(
        _("Once children sleep"), _("every day, 20:30 to 23:00"), Level.PREFER,
        (EVERY_DAY, time(20, 30), time(23)),
    ),
    "nights": _preset(
        _("Not at night"), _("every day, 23:00 to 7:00"), Level.NO,
        (EVERY_DAY, time(23), time(7)),
    ),
    "work": _preset(
        _("Not during work"), _("Monday to Friday, 9:00 to 17:00"), Level.NO,
        (WORKDAYS, time(9), time(17)),
    ),
    "friday": _preset(
        _("Not during Friday prayer"), _("Friday, 12:00 to 14:30"), Level.NO,
        (FRIDAY, time(12), time(14, 30)),
    ),
    "sabbath": _preset(
        _("Not on the Sabbath"), _("Friday 17:00 to Saturday 21:00"), Level.NO,
        (FRIDAY, time(17), time()), (SATURDAY, time(), time(21)),
    ),
    "sunday": _preset(
        _("Not on Sunday morning"), _("Sunday, 8:00 to 13:00"), Level.NO,
        (SUNDAY, time(8), time(13)),
    ),
}  # fmt: skip
