from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine

from notifications.actions.unconfirmed import settle_unconfirmed
from notifications.delivery.dispatcher import dispatch
from notifications.delivery.unconfirmed import resolve
from notifications.models import Notice, Transport
from notifications.planning.planner import plan
from tests.support.reminders import NOW, reader, session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import Settings

    from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db
HOUR_BEFORE = NOW + timedelta(hours=29)  # of a session in 30 hours


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(HOUR_BEFORE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def unconfirmed(smtp_server: SmtpServer) -> Notice:
    """Return a notice whose mail arrived, but whose server dropped the connection before its answer."""
    session(reader("bo", leads=(60,)))
    plan(HOUR_BEFORE)
    smtp_server.drops_after_data = 1
    assert dispatch(Transport.EMAIL) == {"unconfirmed": 1}
    return Notice.objects.get()


def test_an_unconfirmed_mail_stays_so_and_is_never_resolved_by_sending(
    unconfirmed: Notice, smtp_server: SmtpServer
) -> None:
    resolve(Transport.EMAIL, HOUR_BEFORE)
    dispatch(Transport.EMAIL)
    assert Notice.objects.get().state == "unconfirmed"
    assert len(smtp_server.mails) == 1


def test_an_operator_who_prefers_twice_to_never_has_it_sent_again_under_the_same_name(
    unconfirmed: Notice, smtp_server: SmtpServer, settings: Settings
) -> None:
    settings.RESEND_UNCERTAIN = {"email"}
    resolve(Transport.EMAIL, HOUR_BEFORE)
    assert dispatch(Transport.EMAIL) == {"done": 1}
    first, second = smtp_server.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert Notice.objects.get().unconfirmed_at == HOUR_BEFORE, (
        "it stays known that it was unconfirmed"
    )


def test_what_is_too_late_is_not_sent_again(unconfirmed: Notice, settings: Settings) -> None:
    settings.RESEND_UNCERTAIN = {"email"}
    resolve(Transport.EMAIL, unconfirmed.expires_at)
    assert Notice.objects.get().state == "unconfirmed"


@pytest.mark.parametrize(("arrived", "state"), [(True, "done"), (False, "planned")])
def test_the_operator_settles_an_unconfirmed_message_by_hand(
    arrived: bool, state: str, unconfirmed: Notice
) -> None:
    assert unconfirmed.message_key
    key = unconfirmed.message_key
    assert settle_unconfirmed(message_key=key, arrived=arrived, now=HOUR_BEFORE) == 1
    assert Notice.objects.get().state == state
    assert settle_unconfirmed(message_key=key, arrived=True, now=HOUR_BEFORE) == 0


def test_an_unconfirmed_message_settled_too_late_for_sending_is_dropped_with_its_reason(
    unconfirmed: Notice,
) -> None:
    assert unconfirmed.message_key
    settle_unconfirmed(
        message_key=unconfirmed.message_key, arrived=False, now=unconfirmed.expires_at
    )
    assert list(Notice.objects.values_list("state", "reason")) == [("dropped", "too_late")]
