"""The zones of the tz database: names, aliases, release, and conversions to UTC.

Importing this module makes the ``tzdata`` wheel the only tz database of the process. The copy of
the host is often a year older, and two copies that disagree would give one group two times.
"""

from __future__ import annotations

import zoneinfo

zoneinfo.reset_tzpath(to=[])

from datetime import UTC, datetime, timedelta  # noqa: E402 - the path is set before any zone is loaded
from functools import cache  # noqa: E402
from importlib import resources  # noqa: E402
from typing import TYPE_CHECKING, Final  # noqa: E402
from zoneinfo import ZoneInfo  # noqa: E402

import tzdata  # noqa: E402

from civiltime.errors import CommonhourError  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Mapping

TZ_VERSION: Final[str] = tzdata.IANA_VERSION


class UnknownZone(CommonhourError):
    """A zone name that is not in the tz database.

    Attributes:
        name: the name that was given.
    """

    code = "unknown_zone"

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"“{name}” is not a time zone we know. Choose a place such as Europe/Bratislava."
        )


def canonical(name: str) -> str:
    """Return the current name of a zone: ``Europe/Kyiv`` for ``Europe/Kiev``.

    Names of a country's own city (``Europe/Copenhagen``) are kept even where the database stores
    them as a link, because people look for their own city.

    Raises:
        UnknownZone: no zone and no alias has this name.
    """
    tidy = name.strip()
    if tidy in canonical_names():
        return tidy
    try:
        return _aliases()[tidy]
    except KeyError:
        raise UnknownZone(name) from None


def zone(name: str) -> ZoneInfo:
    """Return the zone of a canonical name or an alias.

    Raises:
        UnknownZone: no zone and no alias has this name.
    """
    return ZoneInfo(canonical(name))


@cache
def canonical_names() -> frozenset[str]:
    """Return the names of all zones in ``zone.tab``, and UTC."""
    rows = _data_lines("zone.tab")
    return frozenset({row.split("\t")[2] for row in rows} | {"UTC"})


@cache
def _aliases() -> Mapping[str, str]:
    """Return retired and alternative names, each with its canonical name."""
    links = {
        alias: target
        for _, target, alias in (row.split() for row in _data_lines("tzdata.zi", only="L "))
    }
    utc_names = {"Etc/UTC", "Etc/GMT"}
    known: dict[str, str] = {}
    for alias, target in links.items():
        while target in links and target not in canonical_names():
            target = links[target]  # noqa: PLW2901 - follow the chain to its end
        if target in canonical_names():
            known[alias] = target
        elif target in utc_names:
            known[alias] = "UTC"
    return known | dict.fromkeys(utc_names, "UTC")


def _data_lines(file: str, *, only: str = "") -> list[str]:
    """Return the lines of a file of the tz database that begin with a prefix, without comments."""
    text = resources.files("tzdata").joinpath("zoneinfo", file).read_text("utf-8")
    return [
        line for line in text.splitlines() if line.startswith(only) and not line.startswith("#")
    ]


def resolve_local(local: datetime, tz: ZoneInfo) -> datetime:
    """Return the UTC instant, aware, of a naive local time in a zone.

    A time inside a gap shifts forward by the gap, one inside an overlap is the first of the two
    (RFC 5545, 3.3.5).
    """
    return local.replace(tzinfo=tz, fold=0).astimezone(UTC)


def offset_minutes(at: datetime, tz: ZoneInfo) -> int:
    """Return a zone's offset at an aware instant, in minutes east of UTC, rounded down."""
    offset = at.astimezone(tz).utcoffset() or timedelta()
    return int(offset.total_seconds() // 60)
