from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

import pytest

from scheduler.actions import cover, memberships
from scheduler.actions.groups import NotFacilitating
from scheduler.actions.organisations import NotCoordinating, choose_waking_hours, set_substitute
from scheduler.actions.seats import TooLate
from scheduler.models import (
    Affiliation,
    CoverInvitation,
    Group,
    Membership,
    Occurrence,
    Organisation,
    Seat,
)
from tests import make
from tests.support import concurrency

if TYPE_CHECKING:
    from accounts.models import Person
    from scheduler.models import CoverRequest

NOW = make.FRIDAY
SIX_IN_BRATISLAVA = datetime(2026, 6, 9, 16, 0, tzinfo=UTC)
Role = Membership.Role


class CoverCase(NamedTuple):
    """Amina cannot lead; Dana is her co-facilitator, Eli and Kenji are trained substitutes."""

    organisation: Organisation
    group: Group
    occurrence: Occurrence
    amina: Person
    bo: Person
    dana: Person
    eli: Person
    kenji: Person


@pytest.fixture
def case() -> CoverCase:
    organisation = make.organisation()
    group = make.group(organisation=organisation)
    amina, dana = make.person("amina", tz="Africa/Cairo"), make.person("dana", tz="Asia/Tokyo")
    bo, eli = make.person("bo"), make.person("eli", tz="Europe/Lisbon")
    kenji = make.person("kenji", tz="Asia/Tokyo")  # 01:00 for him
    make.membership(amina, group, role=Role.FACILITATOR)
    make.membership(dana, group, role=Role.CO_FACILITATOR)
    make.membership(bo, group)
    for person in (eli, kenji):
        make.affiliation(person, organisation, is_substitute=True)
    make.affiliation(make.person("untrained"), organisation)
    make.affiliation(make.person("chen"), make.organisation(), is_substitute=True)
    occurrence = make.occurrence(group, starts_at=SIX_IN_BRATISLAVA)
    return CoverCase(organisation, group, occurrence, amina, bo, dana, eli, kenji)


def _ask(case: CoverCase) -> CoverRequest:
    return cover.request_cover(by=case.amina, occurrence=case.occurrence, now=NOW)


def _invitation(person: Person) -> CoverInvitation:
    return CoverInvitation.objects.get(person=person)


def _accept(person: Person, alias: str = "") -> Occurrence:
    return cover.accept_cover(person=person, invitation=_invitation(person), alias=alias, now=NOW)


def _asked() -> set[str]:
    return set(CoverInvitation.objects.values_list("person__username", flat=True))


@pytest.mark.django_db
def test_co_facilitators_and_substitutes_who_are_awake_then_are_asked_and_nobody_else(
    case: CoverCase,
) -> None:
    _ask(case)
    assert _asked() == {"dana", "eli"}
    assert set(CoverInvitation.objects.waiting(NOW).values_list("person", flat=True)) == {
        case.dana.pk,
        case.eli.pk,
    }


@pytest.mark.django_db
def test_a_substitute_who_says_that_she_is_awake_is_asked_when_one_asks_again(
    case: CoverCase,
) -> None:
    _ask(case)
    choose_waking_hours(person=case.kenji, awake_from=time(14), awake_until=time(3))
    _ask(case)
    assert _asked() == {"dana", "eli", "kenji"}
    assert case.occurrence.cover_requests.count() == 1


@pytest.mark.django_db
def test_a_co_facilitator_who_said_not_this_time_is_not_asked(case: CoverCase) -> None:
    dana = Membership.objects.get(person=case.dana)
    make.seat(dana, case.occurrence, state=Seat.State.DECLINED)
    _ask(case)
    assert _asked() == {"eli"}


@pytest.mark.django_db
def test_a_substitute_who_was_removed_from_the_group_is_not_asked(case: CoverCase) -> None:
    make.membership(case.eli, case.group, state=Membership.State.REMOVED)
    _ask(case)
    assert _asked() == {"dana"}


@pytest.mark.django_db
def test_whoever_asks_is_noted_as_not_coming(case: CoverCase) -> None:
    _ask(case)
    assert Seat.objects.get(membership__person=case.amina).state == Seat.State.DECLINED


@pytest.mark.django_db
def test_where_there_is_nobody_to_ask_one_is_told_so_and_nothing_is_written(
    case: CoverCase,
) -> None:
    Affiliation.objects.all().delete()
    Membership.objects.filter(person=case.dana).delete()
    with pytest.raises(cover.NoCandidates):
        _ask(case)
    assert not Seat.objects.exists()


@pytest.mark.django_db
def test_the_first_to_accept_covers_it_and_the_others_are_told(case: CoverCase) -> None:
    request = _ask(case)
    covered = _accept(case.eli, "Steady")
    assert covered.substitute == Membership.objects.get(person=case.eli)
    request.refresh_from_db()
    assert (request.taken_by, request.closed_at) == (case.eli, NOW)
    assert CoverInvitation.objects.taken_by_others().get().person == case.dana
    with pytest.raises(cover.CoverIsTaken):
        _accept(case.dana)


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_accept_at_once_one_covers_it() -> None:
    organisation = make.organisation()
    group, amina = make.group(organisation=organisation), make.person("amina")
    make.membership(amina, group, role=Role.FACILITATOR)
    occurrence = make.occurrence(group, starts_at=SIX_IN_BRATISLAVA)
    people = [make.person() for _ in range(8)]
    for person in people:
        make.affiliation(person, organisation, is_substitute=True)
    cover.request_cover(by=amina, occurrence=occurrence, now=NOW)

    def accept(person: Person) -> str:
        try:
            return "covers" if _accept(person, person.username).substitute_id else "nobody"
        except cover.CoverIsTaken as told:
            return told.code

    outcomes = concurrency.run(accept, people)
    assert sorted(outcomes) == ["cover_taken"] * 7 + ["covers"]
    assert Membership.objects.filter(state=Membership.State.COVERING).count() == 1


@pytest.mark.django_db
def test_who_covers_sees_that_session_and_nothing_else_of_the_group(case: CoverCase) -> None:
    Group.objects.update(is_listed=False)
    other = make.occurrence(case.group, starts_at=SIX_IN_BRATISLAVA + timedelta(days=7))
    _ask(case)
    covered = _accept(case.eli, "Steady")
    assert list(Occurrence.objects.visible_to(case.eli)) == [covered]
    assert not Group.objects.visible_to(case.eli).exists()
    assert not Group.objects.facilitated_by(case.eli).exists()
    membership = Membership.objects.get(person=case.eli)
    assert covered.admitted().filter(pk=membership.pk).exists()
    assert not other.admitted().filter(pk=membership.pk).exists()
    assert covered.role_of(membership) == Role.CO_FACILITATOR


@pytest.mark.django_db
def test_nobody_sees_more_because_a_session_has_no_substitute(case: CoverCase) -> None:
    Group.objects.update(is_listed=False)
    assert not Occurrence.objects.visible_to(make.person("stranger")).exists()


@pytest.mark.django_db
def test_a_co_facilitator_who_accepts_comes_under_her_own_alias(case: CoverCase) -> None:
    _ask(case)
    covered = _accept(case.dana)
    assert covered.substitute is not None
    assert (covered.substitute.alias, covered.substitute.role) == ("Dana", Role.CO_FACILITATOR)


@pytest.mark.django_db
def test_a_substitute_takes_no_alias_that_a_member_has(case: CoverCase) -> None:
    _ask(case)
    with pytest.raises(memberships.AliasIsTaken):
        _accept(case.eli, "BO")
    assert Occurrence.objects.get().substitute is None


@pytest.mark.django_db
def test_who_steps_back_lets_the_others_answer_again(case: CoverCase) -> None:
    _ask(case)
    _accept(case.eli, "Steady")
    cover.decline_cover(person=case.eli, invitation=_invitation(case.eli), now=NOW)
    assert Occurrence.objects.get().substitute is None
    assert _accept(case.dana).substitute == Membership.objects.get(person=case.dana)


@pytest.mark.django_db
def test_the_asker_may_take_it_back(case: CoverCase) -> None:
    _ask(case)
    _accept(case.eli, "Steady")
    cover.withdraw_cover_request(by=case.amina, occurrence=case.occurrence, now=NOW)
    assert Occurrence.objects.get().substitute is None
    assert not CoverInvitation.objects.waiting(NOW).exists()
    assert not Seat.objects.filter(membership__person=case.amina).exists()
    with pytest.raises(cover.CoverIsTaken):
        _accept(case.dana)


@pytest.mark.django_db
def test_after_the_session_a_substitute_belongs_to_nothing(case: CoverCase) -> None:
    _ask(case)
    covered = _accept(case.eli, "Steady")
    assert cover.end_covering_memberships(now=covered.ends_at - timedelta(seconds=1)) == 0
    assert cover.end_covering_memberships(now=covered.ends_at) == 1
    assert cover.end_covering_memberships(now=covered.ends_at) == 0
    assert Membership.objects.get(person=case.eli).state == Membership.State.LEFT


@pytest.mark.django_db
def test_a_substitute_may_also_join_the_group(case: CoverCase) -> None:
    _ask(case)
    _accept(case.eli, "Steady")
    joined = memberships.join_group(person=case.eli, group=case.group, alias="Steady", now=NOW)
    assert joined.state == Membership.State.ACTIVE
    assert Occurrence.objects.get().substitute == joined


@pytest.mark.django_db
def test_nobody_accepts_what_was_asked_of_somebody_else_or_of_her_no_more(case: CoverCase) -> None:
    _ask(case)
    with pytest.raises(cover.NotInvited):
        cover.accept_cover(person=case.bo, invitation=_invitation(case.eli), alias="x", now=NOW)
    Affiliation.objects.filter(person=case.eli).update(substitutes_since=None)
    with pytest.raises(cover.NotInvited):
        _accept(case.eli, "Steady")


@pytest.mark.django_db
def test_nobody_covers_what_is_cancelled_or_over(case: CoverCase) -> None:
    _ask(case)
    Occurrence.objects.update(cancelled_at=NOW)
    with pytest.raises(TooLate):
        _accept(case.eli, "Steady")
    with pytest.raises(TooLate):
        _ask(case)


@pytest.mark.django_db
def test_members_and_outsiders_ask_for_no_cover(case: CoverCase) -> None:
    for person in (case.bo, case.eli):
        with pytest.raises(NotFacilitating):
            cover.request_cover(by=person, occurrence=case.occurrence, now=NOW)
        with pytest.raises(NotFacilitating):
            cover.withdraw_cover_request(by=person, occurrence=case.occurrence, now=NOW)


@pytest.mark.django_db
def test_only_a_coordinator_says_who_is_trained(case: CoverCase) -> None:
    affiliation = Affiliation.objects.get(person=case.eli)
    with pytest.raises(NotCoordinating):
        set_substitute(by=case.amina, affiliation=affiliation, is_substitute=False, now=NOW)


@pytest.mark.django_db
def test_a_session_lacks_a_facilitator_when_all_of_them_said_not_this_time(case: CoverCase) -> None:
    def lacks() -> bool:
        return Occurrence.objects.with_lacks_facilitator().get().lacks_facilitator

    make.seat(Membership.objects.get(person=case.bo), case.occurrence, state="declined")
    assert not lacks()
    _ask(case)
    assert not lacks()
    make.seat(Membership.objects.get(person=case.dana), case.occurrence, state="declined")
    assert lacks()
    _accept(case.eli, "Steady")
    assert not lacks()


@pytest.mark.django_db
def test_a_facilitator_appoints_a_member_who_agreed(case: CoverCase) -> None:
    _ask(case)
    bo = Membership.objects.get(person=case.bo)
    cover.appoint_substitute(by=case.amina, occurrence=case.occurrence, membership=bo, now=NOW)
    assert Occurrence.objects.get().substitute == bo
    assert not CoverInvitation.objects.waiting(NOW).exists()
    assert not Group.objects.facilitated_by(case.bo).exists()
