from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.rules.offer_expiry import offer_ends_at

START = datetime(2026, 6, 9, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ahead", "lasts"),
    [
        (timedelta(days=14), timedelta(hours=24)),
        (timedelta(hours=8), timedelta(hours=2)),
        (timedelta(hours=1), timedelta(minutes=15)),
        (timedelta(minutes=20), timedelta(minutes=10)),
        (timedelta(minutes=4), timedelta(minutes=4)),
    ],
)
def test_an_offer_is_shorter_the_nearer_the_start(ahead: timedelta, lasts: timedelta) -> None:
    assert offer_ends_at(START - ahead, starts_at=START) == START - ahead + lasts


@given(st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=200)))
def test_an_offer_ends_in_the_future_and_never_after_the_start(ahead: timedelta) -> None:
    now = START - ahead
    assert now < offer_ends_at(now, starts_at=START) <= START
