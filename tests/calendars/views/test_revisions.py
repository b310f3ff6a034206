"""Whatever is done to a group, each feed shows each program the change, and no revision falls."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest
import time_machine
from django.core.cache import cache

from calendars.models import Feed
from civiltime import zones
from civiltime.errors import CommonhourError
from civiltime.recurrence import Rule
from scheduler.actions import cover, groups, memberships, schedule, seats
from scheduler.models import Group, Occurrence, Series
from tests import make
from tests.support.calendar_client import etag_of, fetch, subscribe

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from tests.support.site import Site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

NOW = make.FRIDAY
STEPS: Final = 25
RULES = ("FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2", "FREQ=WEEKLY;BYDAY=TU,TH", "FREQ=WEEKLY;COUNT=7")
EVENT = re.compile(rb"BEGIN:VEVENT\r\n.*?END:VEVENT\r\n", re.DOTALL)


class PolledEvent(NamedTuple):
    """One event of one poll. ``text`` is without DTSTAMP and LAST-MODIFIED."""

    uid: str
    sequence: int
    modified: str
    text: str

    def lines(self, name: str) -> set[str]:
        """Return the lines of one property."""
        return {line for line in self.text.split("\n") if line.startswith(name)}


class Program:
    """A calendar program that keeps each event and asserts that no revision falls."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.known: dict[tuple[str, str], PolledEvent] = {}
        self.highest: dict[str, str] = {}
        self.masters: dict[str, int] = {}
        self.body, self.etag, self.date = b"", "", ""

    def poll(self) -> bool:
        """Ask with the last tag; return whether anything was new."""
        cache.clear()  # it asks more often than is welcome
        answer = fetch(self.address, If_None_Match=self.etag)
        if answer.status_code == 304:
            assert fetch(self.address).content == self.body
            return False
        assert answer["ETag"] == etag_of(answer)
        assert answer.content != self.body
        self._read(answer)
        return True

    def _read(self, answer: HttpResponse) -> None:
        date = re.findall(rb"\r\nLAST-MODIFIED:(\w+)", answer.content)[0].decode()
        assert date > self.date
        self.body, self.etag, self.date = answer.content, answer["ETag"], date
        polled = [_parse_event(raw) for raw in EVENT.findall(answer.content)]
        before, self.known = self.known, dict(polled)
        for name, event in polled:
            self._compare(event, before.get(name))
        for uid in {uid for uid, _exception in self.known} & {uid for uid, _ in before}:
            self._compare_exceptions(uid, before)
        for _name, event in polled:
            self.highest[event.uid] = max(self.highest.get(event.uid, ""), event.modified)

    def _compare(self, event: PolledEvent, before: PolledEvent | None) -> None:
        if before is None:
            return
        assert event.sequence >= before.sequence, event
        assert event.modified >= before.modified, event
        assert event.modified > before.modified or event.text == before.text, (before, event)
        # The window may take dates away without a word; nobody else takes or adds any.
        if event.lines("RRULE") != before.lines("RRULE") or (
            event.lines("EXDATE") - before.lines("EXDATE")
        ):
            assert event.sequence > before.sequence, (before, event)

    def _compare_exceptions(self, uid: str, before: dict[tuple[str, str], PolledEvent]) -> None:
        """An exception that comes or goes is news of the whole series."""
        names, had = ({name for name in of if name[0] == uid} for of in (self.known, before))
        best = max(self.known[name].modified for name in names)
        assert best >= self.highest[uid]
        assert names == had or best > max(before[name].modified for name in had)
        if (uid, "") in names:
            assert self.known[uid, ""].sequence >= self.masters.get(uid, 0)
            self.masters[uid] = self.known[uid, ""].sequence


def _parse_event(raw: bytes) -> tuple[tuple[str, str], PolledEvent]:
    lines = raw.decode().replace("\r\n ", "").split("\r\n")
    facts = {line.partition(":")[0].partition(";")[0]: line.partition(":")[2] for line in lines}
    stamps = {"DTSTAMP", "LAST-MODIFIED"}
    assert facts["DTSTAMP"] == facts["LAST-MODIFIED"]
    text = "\n".join(line for line in lines if line.partition(":")[0] not in stamps)
    name = facts["UID"], facts.get("RECURRENCE-ID", "")
    return name, PolledEvent(facts["UID"], int(facts["SEQUENCE"]), facts["LAST-MODIFIED"], text)


class GroupHistory:
    """Random actions on one group, one after another, often within one second."""

    def __init__(self, site: Site, seed: int) -> None:
        self.site = site
        self.chance = Random(seed)  # noqa: S311 - test data, not a secret
        self.now = NOW
        self.add_series()

    def step(self) -> str:
        """Do one random action; return its name."""
        verbs: list[Callable[[], None]] = [
            *(self.move, self.move, self.cancel, self.cancel, self.restore, self.resize),
            *(self.undo, self.undo, self.undo, self.follow, self.follow, self.end, self.add_series),
            *(self.add, self.rename, self.name, self.refuse, self.refuse, self.come, self.wait),
            *(self.request_cover, self.lead_after_all, self.retime),
        ]
        self.now += self.chance.choice((timedelta(0), timedelta(0), timedelta(milliseconds=400)))
        verb = self.chance.choice(verbs)
        try:
            verb()
        except CommonhourError as refusal:
            return f"{verb.__name__} refused: {refusal.code}"
        return verb.__name__

    def any(self) -> Occurrence:
        """Return a session to come."""
        ahead = Occurrence.objects.filter(starts_at__gt=self.now).order_by("starts_at", "pk")
        return self.chance.choice(ahead[:9])

    def move(self) -> None:
        """Move a session, often past its neighbour."""
        session = self.any()
        later = timedelta(hours=self.chance.choice((1, 2, 24, 24 * 8)))
        schedule.move_occurrence(
            by=self.site.amina,
            occurrence=session,
            starts_local=session.starts_local + later,
            tz=session.tz,
            duration_minutes=60,
            reason="",
            now=self.now,
        )

    def cancel(self) -> None:
        """Cancel a session."""
        schedule.cancel_occurrence(
            by=self.site.amina, occurrence=self.any(), reason="", now=self.now
        )

    def restore(self) -> None:
        """Restore a cancelled session."""
        off = Occurrence.objects.filter(cancelled_at__isnull=False, starts_at__gt=self.now)
        if session := off.first():
            schedule.restore_occurrence(by=self.site.amina, occurrence=session, now=self.now)

    def resize(self) -> None:
        """Change the duration of a session."""
        minutes = self.chance.choice((30, 60, 90))
        schedule.resize_occurrence(
            by=self.site.amina,
            occurrence=self.any(),
            duration_minutes=minutes,
            reason="",
            now=self.now,
        )

    def undo(self) -> None:
        """Undo the last change."""
        schedule.undo_last_change(by=self.site.amina, group=self.site.group, now=self.now)

    def follow(self) -> None:
        """Change a session and all that follow it; sometimes only the rule."""
        session = self.any()
        shift = timedelta(hours=self.chance.choice((0, 0, 1, -1)))
        first = session.starts_local + shift
        schedule.continue_series(
            by=self.site.amina,
            occurrence=session,
            first_local=first,
            rule=Rule.parse(self.chance.choice(RULES[:2])),
            duration_minutes=60,
            keeps_moved=self.chance.random() < 0.5,
            reason="",
            now=self.now,
        )

    def end(self) -> None:
        """End a series."""
        if series := Series.objects.filter(ended_at=None).first():
            schedule.end_series(by=self.site.amina, series=series, now=self.now)

    def add_series(self) -> None:
        """Create another series."""
        if Series.objects.filter(ended_at=None).count() > 2:
            return
        local = datetime(2026, 6, 9, self.chance.choice((8, 12, 18)), 30)
        while local <= self.now.replace(tzinfo=None):
            local += timedelta(weeks=1)
        schedule.create_series(
            by=self.site.amina,
            group=self.site.group,
            first_local=local,
            rule=Rule.parse(self.chance.choice(RULES)),
            duration_minutes=60,
            now=self.now,
        )

    def add(self) -> None:
        """Add a session."""
        schedule.add_occurrence(
            by=self.site.amina,
            group=self.site.group,
            starts_local=self.any().starts_local + timedelta(hours=5),
            duration_minutes=45,
            reason="",
            now=self.now,
        )

    def rename(self) -> None:
        """Rename the group."""
        group = Group.objects.get()
        groups.describe_group(
            by=self.site.amina,
            group=group,
            name=f"Lamp {self.chance.random()}",
            about="",
            languages=["en"],
            capacity=12,
            join_policy=group.join_policy,
            is_listed=group.is_listed,
            now=self.now,
        )

    def name(self) -> None:
        """Change Bo's own name of the group."""
        own = self.site.group.memberships.get(person=self.site.bo)
        name = self.chance.choice(("Choir", "Orchard", ""))
        memberships.set_calendar_name(membership=own, own_name=name, now=self.now)

    def refuse(self) -> None:
        """Decline a session as Bo."""
        seats.decline_seat(person=self.site.bo, occurrence=self.any(), now=self.now)

    def come(self) -> None:
        """Book a declined session as Bo, or any other."""
        refused = Occurrence.objects.filter(seat_rows__state="declined", starts_at__gt=self.now)
        seats.book_seat(person=self.site.bo, occurrence=refused.first() or self.any(), now=self.now)

    def wait(self) -> None:
        """Pass time: sessions are added, old ones leave the window."""
        self.now += timedelta(days=self.chance.choice((1, 6, 20)), seconds=7)
        schedule.top_up(now=self.now)

    def request_cover(self) -> None:
        """Ask for cover as Amina."""
        cover.request_cover(by=self.site.amina, occurrence=self.any(), now=self.now)

    def lead_after_all(self) -> None:
        """Take the request for cover back."""
        cover.withdraw_cover_request(by=self.site.amina, occurrence=self.any(), now=self.now)

    def retime(self) -> None:
        """Derive a session again under a new release of the tz database."""
        session = self.any()
        wrong = zones.resolve_local(session.starts_local, session.tz) + timedelta(hours=1)
        Occurrence.objects.filter(pk=session.pk).update(
            tz_version="2025b", starts_at=wrong, ends_at=wrong + timedelta(hours=1)
        )
        schedule.retime(now=self.now)


def _programs(site: Site) -> list[Program]:
    flat, series = Feed.Profile.values
    made = [
        subscribe(site.bo, profile=flat, level=2),
        subscribe(site.bo, profile=series),
        subscribe(site.bo, profile=series, level=2),
        subscribe(site.amina, profile=series, level=3),
    ]
    return [*map(Program, made), Program(f"/c/g/{site.group.key}.ics")]


@pytest.mark.parametrize("seed", range(3))
def test_every_change_reaches_every_program_and_no_revision_ever_falls(
    site: Site, seed: int
) -> None:
    Group.objects.update(is_listed=True)
    site.group.refresh_from_db()
    second = make.person("dina")
    make.membership(second, site.group, role="facilitator")
    history, done = GroupHistory(site, seed), []
    programs, changes = _programs(site), 0
    for _step in range(STEPS):
        done.append(history.step())
        with time_machine.travel(history.now, tick=False):
            try:
                changes += sum(program.poll() for program in programs)
            except AssertionError as fault:
                fault.add_note(f"after {done}")
                raise
    assert changes > STEPS * 2, done
