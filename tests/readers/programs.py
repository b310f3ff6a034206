"""Calendar programs of other people, asked through one question: which sessions do you see?

``tools/readers.sh`` installs them. Where one is missing its tests are skipped, except in CI.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

HERE = Path(__file__).resolve().parent
INSTALLED = HERE.parent.parent / "var/readers"
ICAL_JS = INSTALLED / "node_modules/ical.js/dist/ical.js"
KHAL = INSTALLED / "khal/bin/khal"
RECURRING = INSTALLED / "recurring-ical-events/bin/python"
SYSTEM_PYTHON = Path("/usr/bin/python3")

KHAL_SETTINGS = """\
[calendars]
[[seen]]
path = {folder}/items
[sqlite]
path = {folder}/khal.db
[locale]
local_timezone = UTC
default_timezone = UTC
timeformat = %H:%M:%S
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M:%S
longdatetimeformat = %Y-%m-%d %H:%M:%S
"""


class Seen(NamedTuple):
    """One session as a calendar program shows it; ``start`` is ``2026-01-06T18:00:00Z``."""

    uid: str
    start: str
    status: str
    summary: str


@dataclass(frozen=True, slots=True)
class Reader:
    """A calendar program that is not ours."""

    name: str

    def require(self) -> None:
        """Skip the test where the program is missing; fail where it must not be."""
        if self.name in present():
            return
        reason = f"{self.name} is not installed: run tools/readers.sh"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)

    def sessions(self, body: bytes, folder: Path, after: datetime, before: datetime) -> list[Seen]:
        """Return what the program shows between two instants, in order."""
        file = folder / "feed.ics"
        file.write_bytes(body)
        window = [moment.astimezone(UTC).isoformat() for moment in (after, before)]
        if self.name == "khal":
            rows = _khal(file, folder, after, before)
        else:
            rows = _run(*_EXPAND[self.name], file, *window)
        seen = (Seen(*map(str.strip, row.split("\t"))) for row in rows if row)
        first, last = (f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in (after, before))
        return sorted(one for one in seen if first <= one.start < last)

    def unix_times(self, questions: Sequence[tuple[str, list[str]]], folder: Path) -> list[int]:
        """Return what each local time is under the VTIMEZONE that comes with it."""
        file = folder / "questions.json"
        file.write_text(json.dumps(questions))
        return [int(row) for row in _run(*_OFFSETS[self.name], file)]


_EXPAND: dict[str, tuple[object, ...]] = {
    "ical.js": ("node", HERE / "expand_icaljs.mjs", ICAL_JS),
    "libical": (SYSTEM_PYTHON, HERE / "libical.py", "expand"),
    "recurring-ical-events": (RECURRING, HERE / "expand_rie.py"),
}
_OFFSETS: dict[str, tuple[object, ...]] = {
    "ical.js": ("node", HERE / "offsets_icaljs.mjs", ICAL_JS),
    "libical": (SYSTEM_PYTHON, HERE / "libical.py", "offsets"),
}

READERS = [Reader(name) for name in (*_EXPAND, "khal")]
ZONE_READERS = [Reader(name) for name in _OFFSETS]


@cache
def present() -> frozenset[str]:
    """Return the names of the programs that this machine has."""
    found = {
        "ical.js": ICAL_JS.is_file() and shutil.which("node") is not None,
        "khal": KHAL.is_file(),
        "libical": SYSTEM_PYTHON.is_file() and _has_libical(),
        "recurring-ical-events": RECURRING.is_file(),
    }
    return frozenset(name for name, is_there in found.items() if is_there)


def _has_libical() -> bool:
    probe = "import gi; gi.require_version('ICalGLib', '3.0')"
    return (
        subprocess.run([SYSTEM_PYTHON, "-c", probe], capture_output=True, check=False).returncode
        == 0
    )


def _run(*command: object, **settings: str) -> list[str]:
    words = [str(word) for word in command]
    environment = {**os.environ, **settings}
    done = subprocess.run(words, capture_output=True, check=False, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def _khal(file: Path, folder: Path, after: datetime, before: datetime) -> list[str]:
    settings = folder / "khal.conf"
    settings.write_text(KHAL_SETTINGS.format(folder=folder))
    (folder / "items").mkdir()
    asked = (KHAL, "-c", settings)
    home = {"HOME": str(folder), "PYTHONTZPATH": ""}
    _run(*asked, "import", "--batch", "-a", "seen", file, **home)
    shape = "{uid}\t{start-date}T{start-time}Z\t{status}\t{title}"
    dates = (f"{moment:%Y-%m-%d}" for moment in (after, before))
    # khal lists a session that passes midnight on both of its days, hence the set.
    return sorted(set(_run(*asked, "list", "--day-format", "", "--format", shape, *dates, **home)))
