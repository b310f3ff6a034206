from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.actions.people import close_account
from notifications.actions.retention import NOTICES_KEPT, delete_old
from notifications.models import Consent, Notice, ReminderChoice
from notifications.planning.planner import plan
from tests.support.reminders import NOW, reader, session

pytestmark = pytest.mark.django_db


def test_a_notice_is_kept_for_thirty_days_after_its_last_use_and_then_gone() -> None:
    session(reader("bo"))
    plan(NOW)
    last_use = max(Notice.objects.values_list("expires_at", flat=True))
    delete_old(now=last_use + NOTICES_KEPT)
    assert Notice.objects.exists()
    delete_old(now=last_use + NOTICES_KEPT + timedelta(seconds=1))
    assert not Notice.objects.exists()


def test_a_closed_account_leaves_no_notice_no_consent_and_no_choice() -> None:
    bo, amina = reader("bo"), reader("amina")
    session(bo)
    session(amina)
    plan(NOW)
    close_account(person=bo, now=NOW)
    delete_old(now=NOW)
    for kept in (Notice, Consent, ReminderChoice):
        people = set(kept.objects.values_list("person__username", flat=True))
        assert people <= {"amina"}, kept
        assert people, kept
