"""The look at the tables that every process takes each second."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sessions.actions.watch import Presence, look
from sessions.models import SignIn
from tests.lines import Evening, an_evening

pytestmark = pytest.mark.django_db

QUESTIONS = 5


def _present(evening: Evening) -> set[Presence]:
    return {
        Presence(evening.room.pk, SignIn(f"key of {name}", evening.who(name), "hash"), False)
        for name in evening.members
    }


def test_a_look_asks_five_questions_however_many_rooms_and_people_are_here() -> None:
    def asked(evenings: list[Evening]) -> int:
        present = set().union(*map(_present, evenings))
        with CaptureQueriesContext(connection) as queries:
            seen = look(
                rooms=[evening.room.pk for evening in evenings],
                present=present,
                now=timezone.now() - timedelta(hours=1),
            )
        assert len(seen.signed_out) == 4 * len(evenings)
        words = [query["sql"] for query in queries if query["sql"].startswith(("SELECT", "DELETE"))]
        return len(words)

    one = an_evening()
    assert asked([one]) == QUESTIONS
    others = [an_evening(of=f"other{n}") for n in range(2)]
    assert asked([one, *others]) == QUESTIONS
