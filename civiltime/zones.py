"""The tz database: which zones there are, what they are really called, which release this is.

Importing this module makes the ``tzdata`` wheel the only tz database of the process. The host's
own copy is often a year older, and two copies that disagree put one group at two hours.
"""

from __future__ import annotations

import zoneinfo

zoneinfo.reset_tzpath(to=[])

from datetime import UTC, datetime, timedelta  # noqa: E402 - the path is set before anything can load a zone
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
    """A zone name that the tz database does not have.

    Attributes:
        name: what was asked for.
    """

    code = "unknown_zone"

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"“{name}” is not a time zone we know. Choose a place such as Europe/Bratislava."
        )


def canonical(name: str) -> str:
    """Return today's name of a zone: ``Europe/Kiev`` is ``Europe/Kyiv``.

    A name that stands for a country's own place (``Europe/Copenhagen``) stays, even
    where the database stores it as a link: people look for their city, not its neighbour's.

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
    """Return every place that has a zone of its own, and UTC."""
    rows = _lines("zone.tab")
    return frozenset({row.split("\t")[2] for row in rows} | {"UTC"})


@cache
def _aliases() -> Mapping[str, str]:
    """Map each retired or colloquial name to its canonical one."""
    links = {
        alias: target
        for _, target, alias in (row.split() for row in _lines("tzdata.zi", only="L "))
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


def _lines(file: str, *, only: str = "") -> list[str]:
    text = resources.files("tzdata").joinpath("zoneinfo", file).read_text("utf-8")
    return [
        line for line in text.splitlines() if line.startswith(only) and not line.startswith("#")
    ]


def resolve_local(local: datetime, tz: ZoneInfo) -> datetime:
    """Return the UTC instant of a naive wall-clock time.

    A time inside a gap shifts forward by the gap, one inside an overlap is the first
    of the two (RFC 5545, 3.3.5).
    """
    return local.replace(tzinfo=tz, fold=0).astimezone(UTC)


def offset_minutes(at: datetime, tz: ZoneInfo) -> int:
    """Return a zone's distance from UTC at an instant, in minutes, east positive."""
    offset = at.astimezone(tz).utcoffset() or timedelta()
    return int(offset.total_seconds() // 60)
