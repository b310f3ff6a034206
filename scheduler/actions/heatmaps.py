"""Draw how many members of a group are free, so that no picture tells about fewer than five."""

from __future__ import annotations

import zlib
from datetime import timedelta
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.crypto import salted_hmac

from optimizer import Horizon
from optimizer.free_counts import free_people
from optimizer.provenance import digest
from scheduler.models import AvailabilityHeatmap, Group, Membership, WeeklyAvailability
from scheduler.models.availability import FEWEST_COUNTED

if TYPE_CHECKING:
    from datetime import date, datetime

    from accounts.models import Person
    from optimizer import Attendee

WEEKS_SHOWN: Final = 52
TOKEN_LENGTH: Final = 24


def update_heatmaps(*, person: Person, now: datetime) -> None:
    """Look whether enough has changed in each of this person's groups; call it in a transaction."""
    for group in Group.objects.mine(person):
        redraw(group=group, now=now)


@transaction.atomic
def redraw(*, group: Group, now: datetime) -> None:
    """Draw a group's picture if it differs from every earlier one in five people, or not at all.

    Facilitators are not in it: they look at it, and know their own weeks. Whoever remembers all
    pictures of a group can subtract none from another and be left with fewer than five people.
    """
    people = _members(group)
    Group.objects.select_for_update().get(pk=group.pk)
    picture = AvailabilityHeatmap.objects.filter(group=group).first()
    salt = picture.salt if picture else token_hex(32)
    tokens = sorted(_token(salt, one) for one in people)
    shown: list[list[str]] = picture.tokens if picture else []
    if len(people) < FEWEST_COUNTED or any(_is_close(tokens, earlier) for earlier in shown):
        return
    starts_on = _next_monday(now)
    free = free_people(people, Horizon(starts_on, WEEKS_SHOWN), fewest=FEWEST_COUNTED)
    drawn = {
        "computed_at": now,
        "starts_on": starts_on,
        "weeks": WEEKS_SHOWN,
        "people": len(people),
        "sums": zlib.compress(free.astype("<u2").tobytes()),
        "salt": salt,
        "tokens": [*shown, tokens],
    }
    AvailabilityHeatmap.objects.update_or_create(group=group, defaults=drawn)


def _members(group: Group) -> list[Attendee]:
    runs = Membership.objects.active().facilitating().filter(group=group).values("person")
    weeks = WeeklyAvailability.objects.counted_in(group).exclude(person__in=runs).whole()
    return [week.asked() for week in weeks.order_by("pk")]


def _token(salt: str, one: Attendee) -> str:
    """Return what an answer is recognised by, and cannot be read from without the site's key."""
    return salted_hmac(salt, digest([one]), algorithm="sha256").hexdigest()[:TOKEN_LENGTH]


def _is_close(tokens: list[str], earlier: list[str]) -> bool:
    """Whether two sets of answers differ in one to four people, so that a difference would tell."""
    gone, come = set(earlier) - set(tokens), set(tokens) - set(earlier)
    return max(len(gone), len(come)) < FEWEST_COUNTED


def _next_monday(now: datetime) -> date:
    return now.date() + timedelta(days=7 - now.weekday())
