"""One form starts a group with its weekly time."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.models import Group, Series
from tests import make
from tests.support.page_text import words

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tests.support.site import Site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]


def _answers(site: Site, **answers: Any) -> dict[str, Any]:
    """Return what the page sends when only the four questions were answered."""
    page = site.browser(site.amina).get("/groups/new/")
    form = page.context["form"]
    usual = {
        name: form[name].value()
        for name in form.fields
        if form[name].value() not in {None, "", False}
    }
    usual["organisation"] = site.organisation.pk
    return usual | {"name": "First light", "weekday": 1, "starts": "18:00"} | answers


def _start(site: Site, **answers: Any) -> HttpResponse:
    return site.browser(site.amina).post("/groups/new/", _answers(site, **answers), follow=True)


def test_four_answers_make_a_group_with_its_weekly_time_and_end_on_its_checklist(
    site: Site,
) -> None:
    page = words(_start(site))
    group = Group.objects.get(name="First light")
    series = Series.objects.get(group=group)
    assert (group.languages, group.tz.key, group.capacity) == (["en"], "Africa/Cairo", 12)
    assert group.join_policy == Group.JoinPolicy.APPROVAL
    assert (series.rule, series.first_local) == (
        "FREQ=WEEKLY;BYDAY=TU",
        datetime(2026, 6, 9, 18, 0),
    )
    assert group.occurrences.exists()
    assert "Your group is ready. Now invite people." in page
    assert "First steps Set a time Share the link Invite people" in page
    assert "Every week on Tuesday at 18:00" in page


def test_the_rest_can_be_chosen_under_more_options(site: Site) -> None:
    _start(
        site, language="ar", tz="Europe/Bratislava", capacity=8, join_policy="open",
        duration_minutes=90, alias="Morning",
    )  # fmt: skip
    group = Group.objects.get(name="First light")
    assert group.languages == ["ar"]
    assert (group.tz.key, group.capacity, group.join_policy) == ("Europe/Bratislava", 8, "open")
    assert group.series.get().duration_minutes == 90
    assert group.memberships.get().alias == "Morning"


def test_the_alias_of_the_last_group_is_the_default(site: Site) -> None:
    site.group.memberships.filter(person=site.amina).update(alias="Northern star")
    page = words(site.browser(site.amina).get("/groups/new/"))
    assert "Members see you as Northern star" in page


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"name": ""}, "Give the group a name"),
        ({"starts": "6ish"}, "Choose a time of day, like 18:00"),
        ({"starts": ""}, "Choose a time of day, like 18:00"),
        ({"duration_minutes": "7"}, "Select a valid choice"),
        ({"capacity": "1"}, "greater than or equal to 2"),
        ({"alias": "Admin"}, "belongs to the people who run the group"),
    ],
)
def test_a_wrong_answer_says_what_to_do_and_starts_nothing(
    site: Site, answer: dict[str, str], said: str
) -> None:
    page = _start(site, **answer)
    assert said in words(page)
    assert page.content.count(b'role="alert"') == 1
    assert not Group.objects.filter(name="First light").exists()


def test_the_strip_follows_the_answers_and_stands_on_the_usual_time_before(site: Site) -> None:
    browser = site.browser(site.amina)
    assert "Friday at 18:00 in Cairo" in words(browser.get("/groups/new/"))
    part = browser.post("/groups/new/preview/", _answers(site, tz="Europe/Bratislava"))
    assert "Tuesday at 18:00 in Bratislava" in words(part)
    assert "Cairo you" in words(part)
    assert "<html" not in part.content.decode()
    half = browser.post("/groups/new/preview/", _answers(site, starts="6ish"))
    assert "Tuesday at 18:00 in Cairo" in words(half)


def test_who_works_for_no_organisation_starts_no_group(site: Site) -> None:
    browser = site.browser(site.chen)
    assert browser.get("/groups/new/").status_code == 404
    assert browser.post("/groups/new/preview/").status_code == 404
    assert make.group().pk  # nobody else's matters
