"""A removal from the whole group takes two, and the person may speak."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.actions.people import close_account
from scheduler.actions.groups import NotFacilitating
from scheduler.models import Membership
from sessions.actions.removals import (
    AlreadyDecided,
    NeedsSecondFacilitator,
    appeal_removal,
    review_removal,
)
from sessions.models import Removal
from tests import make
from tests.support.ws_client import LiveSession, make_live_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def live_session() -> LiveSession:
    return make_live_session()


def removal(live_session: LiveSession, *, scope: str = "group") -> Removal:
    """Let Amina have removed Bo."""
    return Removal.objects.create(
        occurrence=live_session.occurrence,
        membership=live_session.members["bo"],
        by=live_session.members["amina"],
        reason="sells",
        scope=scope,
        at=timezone.now(),
    )


def review(live_session: LiveSession, by: str, about: Removal, *, is_upheld: bool = True) -> None:
    review_removal(
        by=live_session.person(by), removal=about, is_upheld=is_upheld, now=timezone.now()
    )


def test_a_second_facilitator_who_agrees_removes_the_person_from_the_group(
    live_session: LiveSession,
) -> None:
    about = removal(live_session)
    review(live_session, "edith", about)
    about.refresh_from_db()
    assert (about.is_upheld, about.reviewed_by) == (True, live_session.members["edith"])
    member = Membership.objects.get(pk=live_session.members["bo"].pk)
    assert member.state == Membership.State.REMOVED


def test_a_second_facilitator_who_disagrees_keeps_the_person(live_session: LiveSession) -> None:
    about = removal(live_session)
    review(live_session, "edith", about, is_upheld=False)
    about.refresh_from_db()
    assert about.is_upheld is False
    member = Membership.objects.get(pk=live_session.members["bo"].pk)
    assert member.state == Membership.State.ACTIVE


def test_who_removed_cannot_be_the_second(live_session: LiveSession) -> None:
    with pytest.raises(NeedsSecondFacilitator):
        review(live_session, "amina", removal(live_session))


def test_who_was_removed_cannot_decide_about_it_even_as_a_facilitator(
    live_session: LiveSession,
) -> None:
    about = removal(live_session)
    Membership.objects.filter(pk=live_session.members["bo"].pk).update(role="co_facilitator")
    with pytest.raises(NeedsSecondFacilitator):
        review(live_session, "bo", about)


@pytest.mark.parametrize("name", ["dara", "bo"])
def test_members_decide_nothing(live_session: LiveSession, name: str) -> None:
    with pytest.raises(NotFacilitating):
        review(live_session, name, removal(live_session))


def test_a_removal_is_decided_once(live_session: LiveSession) -> None:
    about = removal(live_session)
    review(live_session, "edith", about, is_upheld=False)
    with pytest.raises(AlreadyDecided):
        review(live_session, "edith", about)


def test_a_removal_from_one_session_needs_no_decision(live_session: LiveSession) -> None:
    about = removal(live_session, scope="session")
    assert not Removal.objects.to_review(live_session.group).exists()
    with pytest.raises(AlreadyDecided):
        review(live_session, "edith", about)


def test_who_was_removed_speaks_once(live_session: LiveSession) -> None:
    about = removal(live_session)
    bo = live_session.person("bo")
    appeal_removal(person=bo, removal=about, text=" It was my brother. ", now=timezone.now())
    about.refresh_from_db()
    assert about.appeal == "It was my brother."
    with pytest.raises(AlreadyDecided):
        appeal_removal(person=bo, removal=about, text="and", now=timezone.now())


def test_nobody_speaks_in_the_place_of_another(live_session: LiveSession) -> None:
    with pytest.raises(AlreadyDecided):
        appeal_removal(
            person=make.person("chen"), removal=removal(live_session), text="I", now=timezone.now()
        )


def test_a_closed_account_takes_its_removals_along(live_session: LiveSession) -> None:
    removal(live_session)
    close_account(person=live_session.person("bo"), now=timezone.now())
    assert not Removal.objects.exists()
