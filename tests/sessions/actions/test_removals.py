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
    ask_again,
    review_removal,
)
from sessions.models import Removal
from tests import make
from tests.support.ws_client import Evening, an_evening

pytestmark = pytest.mark.django_db


@pytest.fixture
def evening() -> Evening:
    return an_evening()


def removal(evening: Evening, *, scope: str = "group") -> Removal:
    """Let Amina have removed Bo."""
    return Removal.objects.create(
        occurrence=evening.occurrence,
        membership=evening.members["bo"],
        by=evening.members["amina"],
        reason="sells",
        scope=scope,
        at=timezone.now(),
    )


def review(evening: Evening, by: str, about: Removal, *, is_upheld: bool = True) -> None:
    review_removal(by=evening.person(by), removal=about, is_upheld=is_upheld, now=timezone.now())


def test_a_second_facilitator_who_agrees_removes_the_person_from_the_group(
    evening: Evening,
) -> None:
    about = removal(evening)
    review(evening, "edith", about)
    about.refresh_from_db()
    assert (about.is_upheld, about.reviewed_by) == (True, evening.members["edith"])
    member = Membership.objects.get(pk=evening.members["bo"].pk)
    assert member.state == Membership.State.REMOVED


def test_a_second_facilitator_who_disagrees_keeps_the_person(evening: Evening) -> None:
    about = removal(evening)
    review(evening, "edith", about, is_upheld=False)
    about.refresh_from_db()
    assert about.is_upheld is False
    member = Membership.objects.get(pk=evening.members["bo"].pk)
    assert member.state == Membership.State.ACTIVE


def test_who_removed_cannot_be_the_second(evening: Evening) -> None:
    with pytest.raises(NeedsSecondFacilitator):
        review(evening, "amina", removal(evening))


def test_who_was_removed_cannot_decide_about_it_even_as_a_facilitator(evening: Evening) -> None:
    about = removal(evening)
    Membership.objects.filter(pk=evening.members["bo"].pk).update(role="co_facilitator")
    with pytest.raises(NeedsSecondFacilitator):
        review(evening, "bo", about)


@pytest.mark.parametrize("name", ["dara", "bo"])
def test_members_decide_nothing(evening: Evening, name: str) -> None:
    with pytest.raises(NotFacilitating):
        review(evening, name, removal(evening))


def test_a_removal_is_decided_once(evening: Evening) -> None:
    about = removal(evening)
    review(evening, "edith", about, is_upheld=False)
    with pytest.raises(AlreadyDecided):
        review(evening, "edith", about)


def test_a_removal_from_one_session_needs_no_decision(evening: Evening) -> None:
    about = removal(evening, scope="session")
    assert not Removal.objects.to_review(evening.group).exists()
    with pytest.raises(AlreadyDecided):
        review(evening, "edith", about)


def test_who_was_removed_speaks_once(evening: Evening) -> None:
    about = removal(evening)
    bo = evening.person("bo")
    ask_again(person=bo, removal=about, text=" It was my brother. ", now=timezone.now())
    about.refresh_from_db()
    assert about.asked == "It was my brother."
    with pytest.raises(AlreadyDecided):
        ask_again(person=bo, removal=about, text="and", now=timezone.now())


def test_nobody_speaks_in_the_place_of_another(evening: Evening) -> None:
    with pytest.raises(AlreadyDecided):
        ask_again(
            person=make.person("chen"), removal=removal(evening), text="I", now=timezone.now()
        )


def test_a_closed_account_takes_its_removals_along(evening: Evening) -> None:
    removal(evening)
    close_account(person=evening.person("bo"), now=timezone.now())
    assert not Removal.objects.exists()
