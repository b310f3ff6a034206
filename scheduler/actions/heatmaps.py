"""Compute a group's availability heatmap, without disclosing anything about fewer than five people."""

from __future__ import annotations

import zlib
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.crypto import salted_hmac

from optimizer import Horizon
from optimizer.free_counts import free_people
from optimizer.provenance import digest
from scheduler.models import AvailabilityHeatmap, Group, Membership, WeeklyAvailability
from scheduler.models.availability import MIN_COUNTED_PEOPLE
from scheduler.rules.weeks import next_monday

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Person
    from optimizer import Attendee

HORIZON_WEEKS: Final = 52
TOKEN_LENGTH: Final = 24


def update_heatmaps(*, person: Person, now: datetime) -> None:
    """Refresh the heatmaps of all groups of a person; call it in a transaction."""
    for group in Group.objects.joined_by(person):
        refresh_heatmap(group=group, now=now)


@transaction.atomic
def refresh_heatmap(*, group: Group, now: datetime) -> None:
    """Replace a group's heatmap if it differs from every earlier one in five people or more.

    Facilitators are not counted: they see the heatmap and know their own weeks. Somebody who
    remembers all heatmaps of a group cannot subtract two and get fewer than five people.
    """
    people = _members(group)
    Group.objects.select_for_update().get(pk=group.pk)
    heatmap = AvailabilityHeatmap.objects.filter(group=group).first()
    salt = heatmap.salt if heatmap else token_hex(32)
    tokens = sorted(_token(salt, one) for one in people)
    earlier_tokens: list[list[str]] = heatmap.tokens if heatmap else []
    if len(people) < MIN_COUNTED_PEOPLE or any(
        _is_close(tokens, earlier) for earlier in earlier_tokens
    ):
        return
    starts_on = next_monday(now)
    free = free_people(people, Horizon(starts_on, HORIZON_WEEKS), fewest=MIN_COUNTED_PEOPLE)
    values = {
        "computed_at": now,
        "starts_on": starts_on,
        "weeks": HORIZON_WEEKS,
        "people": len(people),
        "compressed_counts": zlib.compress(free.astype("<u2").tobytes()),
        "salt": salt,
        "tokens": [*earlier_tokens, tokens],
    }
    AvailabilityHeatmap.objects.update_or_create(group=group, defaults=values)


def _members(group: Group) -> list[Attendee]:
    facilitators = Membership.objects.active().facilitating().filter(group=group).values("person")
    weeks = (
        WeeklyAvailability.objects.shared_with(group)
        .exclude(person__in=facilitators)
        .with_windows()
    )
    return [week.to_attendee() for week in weeks.order_by("pk")]


def _token(salt: str, one: Attendee) -> str:
    """Return a keyed hash of an answer, by which it is recognised and from which it cannot be read."""
    return salted_hmac(salt, digest([one]), algorithm="sha256").hexdigest()[:TOKEN_LENGTH]


def _is_close(tokens: list[str], earlier: list[str]) -> bool:
    """Whether two sets of answers differ in one to four people, so that their difference discloses."""
    gone, come = set(earlier) - set(tokens), set(tokens) - set(earlier)
    return max(len(gone), len(come)) < MIN_COUNTED_PEOPLE
