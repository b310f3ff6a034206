"""Compiled queries answer exactly what the QuerySets that they are compiled from do."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from calendars.actions.feeds import create_feed, get_or_publish_feed, hash_token
from calendars.models import Feed
from calendars.rendering import compiled_query
from calendars.rendering.change_detection import summarise_feed
from calendars.rendering.subscription import FRAGMENTS, subscription_body
from scheduler.actions import schedule, seats
from scheduler.models import Group
from tests import make

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from tests.support.site import Site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

NOW = make.FRIDAY


@pytest.fixture
def feeds(site: Site) -> list[Feed]:
    """Return two feeds of each form: of all groups, of one, of a public group and language."""
    slovak = make.group("Lampa", organisation=site.organisation, languages=("sk",))
    make.membership(site.bo, slovak)
    make.membership(site.chen, slovak)
    Group.objects.update(is_listed=True)
    for group in (site.group, slovak):
        series = make.series(group)
        for week in range(4):
            at = NOW + timedelta(days=3 + 7 * week, minutes=group.pk)
            make.occurrence(group, starts_at=at, series=series)
    first, second, *_rest = site.group.occurrences.order_by("starts_at")
    seats.decline_seat(person=site.bo, occurrence=first, now=NOW)
    schedule.cancel_occurrence(by=site.amina, occurrence=second, reason="", now=NOW)
    made = [
        create_feed(person=person, label="", profile=profile, group=group, now=NOW).feed
        for profile in Feed.Profile.values
        for person, group in (
            (site.bo, None), (site.chen, None), (site.bo, site.group), (site.chen, slovak)
        )
    ]  # fmt: skip
    names = [f"g/{site.group.key}", f"g/{slovak.key}"]
    names += [f"o/{site.organisation.key}/{code}" for code in ("en", "sk")]
    for name in names:
        assert get_or_publish_feed(token=name, now=NOW)
    made += [Feed.objects.get(token_hash=hash_token(name)) for name in names]
    return made


def _bodies(feeds: list[Feed]) -> list[tuple[str, bytes]]:
    FRAGMENTS.clear()
    bodies = []
    for feed in feeds:
        summary = summarise_feed(feed, now=NOW)
        body, _changed_at = subscription_body(feed, summary, now=NOW)
        bodies.append((summary.content_fingerprint, b"".join(body)))
    return bodies


def test_compiled_and_plain_queries_give_the_same_bytes_and_fingerprints(
    feeds: list[Feed], monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled = _bodies(feeds)
    monkeypatch.setattr(compiled_query, "IS_ENABLED", False)
    assert _bodies(feeds) == compiled
    assert all(b"BEGIN:VEVENT" in body for _fingerprint, body in compiled)
    assert len({body for _fingerprint, body in compiled}) == len(feeds)


def test_compiled_and_plain_queries_are_as_many(
    feeds: list[Feed],
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for is_enabled in (True, False):
        monkeypatch.setattr(compiled_query, "IS_ENABLED", is_enabled)
        for feed in feeds:
            with django_assert_num_queries(1):
                summarise_feed(feed, now=NOW)
