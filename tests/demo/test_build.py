from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import authenticate

from accounts.models import Person
from demo.bridge_of_reeds import COFFEE_ON_THE_ROOF, FIRST_LIGHT
from demo.build import ORGANISATIONS, build, is_built
from demo.open_window import STEADY_GROUND
from demo.people import OTHERS, PASSWORD, SIGN_INS
from scheduler.actions.memberships import join_group
from scheduler.models import (
    Affiliation,
    Group,
    Membership,
    Occurrence,
    Organisation,
    ScheduleChange,
    Seat,
)
from tests.support.demo_time import NOW

CIRCLES = [group_data for site in ORGANISATIONS for group_data in site.groups]
State = Membership.State


def seats() -> list[tuple[object, ...]]:
    return sorted(Seat.objects.values_list("occurrence__starts_at", "membership__alias", "since"))


def test_the_world_is_three_houses_a_dozen_groups_and_about_forty_people(demo_data):
    assert sorted(Organisation.objects.values_list("country", flat=True)) == ["EG", "PT", "SK"]
    assert Group.objects.count() == 13
    assert Person.objects.count() == 45
    assert set(Group.objects.values_list("join_policy", flat=True)) == set(Group.JoinPolicy.values)
    spoken = {language for group in Group.objects.all() for language in group.languages}
    assert spoken >= {"ar", "en", "es", "fa", "fr", "pt", "sk", "uk"}


def test_every_group_has_a_facilitator_who_works_for_its_organisation(demo_data):
    for group in Group.objects.all():
        facilitators = group.memberships.active().facilitating()
        assert facilitators.filter(person__affiliations__organisation=group.organisation).exists()


def test_the_three_can_sign_in_and_nobody_else(demo_data, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    for someone in SIGN_INS:
        assert authenticate(None, username=someone.username, password=PASSWORD)

    others = Person.objects.filter(username__in=[someone.username for someone in OTHERS])
    assert not any(person.has_usable_password() for person in others)


def test_each_of_the_three_has_her_part(demo_data):
    amina, bo, daria = (Person.objects.get(username=who) for who in ("amina", "bo", "daria"))

    assert Group.objects.facilitated_by(amina).count() >= 2
    assert bo.can_be_mailed
    assert {m.role for m in bo.memberships.all()} == {Membership.Role.MEMBER}
    assert daria.affiliations.get().role == Affiliation.Role.COORDINATOR


def test_newcomers_wait_for_an_answer_by_amina(demo_data):
    waiting = Membership.objects.filter(state=State.APPLIED, group__name=COFFEE_ON_THE_ROOF.name)

    assert sorted(waiting.values_list("person__username", flat=True)) == [
        "newmoon",
        "papyrus",
        "tamarind",
    ]
    assert waiting[0].group.memberships.facilitating().get().person.username == "amina"


def test_a_month_lies_behind_it_with_people_who_came(demo_data):
    past = Occurrence.objects.filter(ends_at__lt=NOW)

    weekly = past.exclude(group__series__rule__startswith="FREQ=MONTHLY")
    assert set(weekly.values_list("group__name", flat=True)) == {
        group_data.name for group_data in CIRCLES if "WEEKLY" in group_data.rule
    }
    assert past.earliest("starts_at").starts_at < NOW - timedelta(days=30)
    assert past.filter(seat_rows=None).count() <= 2
    assert not Seat.objects.filter(since__gt=NOW).exists()


def test_no_session_has_more_members_than_seats(demo_data):
    for occurrence in Occurrence.objects.with_taken().select_related("group"):
        assert occurrence.taken <= occurrence.seats


def test_one_session_to_come_is_moved_and_one_cancelled_and_both_say_why(demo_data):
    changes = ScheduleChange.objects.exclude(kind=ScheduleChange.Kind.CREATED)

    assert {change.kind: change.group.name for change in changes} == {
        ScheduleChange.Kind.MOVED: STEADY_GROUND.name,
        ScheduleChange.Kind.CANCELLED: FIRST_LIGHT.name,
    }
    assert all(change.reason and change.occurrence.starts_at > NOW for change in changes)


def test_the_same_moment_makes_the_same_world(demo_data, request):
    before = seats()
    request.getfixturevalue("nothing")

    build(now=NOW, report=lambda _line: None)

    assert seats() == before


def test_a_world_that_cannot_be_finished_is_not_begun(nothing):
    Person.objects.create(username="amina", tz="Africa/Cairo")

    with pytest.raises(Exception, match="user name is taken"):
        build(now=NOW, report=lambda _line: None)

    assert not is_built()
    assert Person.objects.count() == 1


def test_chen_may_join_what_is_open(demo_data):
    chen = Person.objects.create(username="chen", tz="Asia/Kathmandu")

    group = Group.objects.visible_to(chen).get(name=STEADY_GROUND.name)

    assert join_group(person=chen, group=group, alias="Chen", now=NOW).state == State.ACTIVE
