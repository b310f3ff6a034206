"""The changes of each zone's offset from UTC between 1970 and 2100, as arrays."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from civiltime.posix_tz import Footer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2100

_END: Final = int(datetime(LAST_YEAR, 1, 1, tzinfo=UTC).timestamp())
_HEADER: Final = struct.Struct(">4sc15x6l")


@dataclass(frozen=True, eq=False)
class Transitions:
    """The changes of one zone's offset from UTC from 1970 up to 2100, in order.

    Changes of the abbreviation or of the DST flag alone are left out.

    Attributes:
        utc_seconds: instants in UTC seconds since 1970, ``(k,) int64``.
        offset_before: seconds east of UTC before each, ``(k,) int64``.
        offset_after: seconds east of UTC from each on, ``(k,) int64``.
        first_offset: seconds east of UTC at the start of 1970.
        footer: the rule for the years after the last listed transition.
    """

    utc_seconds: NDArray[np.int64]
    offset_before: NDArray[np.int64]
    offset_after: NDArray[np.int64]
    first_offset: int
    footer: Footer

    @cached_property
    def wall_seconds(self) -> list[int]:
        """The naive local times, seconds since 1970, from which ``offset_after`` applies; k of them.

        Times inside a gap, and the first pass through an overlap, use the offset before (RFC 5545,
        3.3.5).
        """
        later = np.maximum(self.offset_before, self.offset_after)
        return [int(at) for at in self.utc_seconds + later]

    @cached_property
    def offsets(self) -> list[int]:
        """The k + 1 offsets in order, in seconds east of UTC; item i applies until transition i."""
        return [self.first_offset, *(int(offset) for offset in self.offset_after)]


@lru_cache(maxsize=1024)
def transitions(tz: ZoneInfo) -> Transitions:
    """Return a zone's transitions in UTC, read from the tz database (about 1 ms) and cached.

    Raises:
        ValueError: the zone has no name in the database.
    """
    listed, footer = _read_tzif(tz)
    changes = [(at, offset) for at, offset in _extended(listed, footer) if at < _END]
    before_1970 = [offset for at, offset in changes if at <= 0]
    kept = [
        (at, old, new)
        for (_, old), (at, new) in pairwise([(0, before_1970[-1]), *changes])
        if at > 0 and old != new
    ]
    table = np.array(kept, dtype=np.int64).reshape(-1, 3)
    table.setflags(write=False)
    return Transitions(table[:, 0], table[:, 1], table[:, 2], before_1970[-1], footer)


def _extended(listed: list[tuple[int, int]], footer: Footer) -> Iterator[tuple[int, int]]:
    """Yield the listed changes, then those of the footer's rule until 2100."""
    yield from listed
    last = listed[-1][0]
    year = max(FIRST_YEAR, datetime.fromtimestamp(max(last, 0), UTC).year)
    for later in range(year, LAST_YEAR + 1):
        yield from (change for change in footer.changes(later) if change[0] > last)


def _read_tzif(tz: ZoneInfo) -> tuple[list[tuple[int, int]], Footer]:
    """Return a TZif file's (UTC seconds, offset) pairs and its footer (RFC 9636, 3.2 and 3.3)."""
    if tz.key is None:
        raise ValueError("a zone without a name is not in the tz database")
    file = resources.files("tzdata").joinpath("zoneinfo", *tz.key.split("/"))
    content = file.read_bytes()
    _, _, isut, isstd, leap, times, types, chars = _HEADER.unpack_from(content)
    old_block = times * 5 + types * 6 + chars + leap * 8 + isstd + isut
    at = _HEADER.size + old_block
    _, _, isut, isstd, leap, times, types, chars = _HEADER.unpack_from(content, at)
    at += _HEADER.size
    instants = struct.unpack_from(f">{times}q", content, at)
    kinds = struct.unpack_from(f">{times}B", content, at + times * 8)
    at += times * 9
    offsets = [offset for offset, _, _ in struct.iter_unpack(">lBB", content[at : at + types * 6])]
    at += types * 6 + chars + leap * 12 + isstd + isut
    footer = content[at:].strip(b"\n").decode("ascii")
    before_all = (-(2**63), offsets[0])
    return [before_all, *zip(instants, (offsets[k] for k in kinds), strict=True)], Footer.parse(
        footer
    )
