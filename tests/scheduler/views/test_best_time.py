"""The search for a group's hour: what it finds, what it says, and what nobody learns from it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from civiltime.recurrence import Rule
from optimizer import Level, Reason, Window
from scheduler.actions.best_time import SEARCHES
from scheduler.actions.groups import choose_anchor_zone
from scheduler.actions.schedule import create_series
from scheduler.models import AvailabilityHeatmap, Group, Membership, Series
from scheduler.queries.best_time import (
    AttendanceRequirement,
    BestTimeQuery,
    counted_availability,
    find_best_times,
)
from scheduler.text.best_time import costs_of
from tests import make
from tests.support import availability

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accounts.models import Person
    from tests.support.site import Site

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
NOONS = availability.hours(time(12), time(14))
VARYING = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')


@pytest.fixture(autouse=True)
def _one_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def _search_page(site: Site, query: str = "", *, person: Person | None = None) -> str:
    browser = site.browser(person or site.amina)
    answer = browser.get(f"/g/{site.group.key}/manage/best-time/{query}")
    assert answer.status_code == 200
    return VARYING.sub("", answer.content.decode())


def _all_answer(site: Site, others: int = 2) -> list[Person]:
    availability.share_week(site.amina)
    availability.share_week(site.bo)
    return availability.members(site.group, others)


def test_an_hour_is_found_that_everybody_told_of(site: Site) -> None:
    _all_answer(site)
    counted = counted_availability(site.group, by=site.amina)
    result = find_best_times(site.group, BestTimeQuery(), counted, by=site.amina, now=NOW)
    assert result.reason is None
    assert result.candidates
    for candidate in result.candidates:  # 18:00 to 22:00 in Berlin and in Cairo, all year
        assert time(18) <= candidate.slot.time <= time(20), candidate.slot
    assert "The 10 best times, in Cairo time" in _search_page(site)


def test_hours_are_an_hour_apart_so_that_ten_are_ten_choices(site: Site) -> None:
    _all_answer(site)
    counted = counted_availability(site.group, by=site.amina)
    candidates = find_best_times(
        site.group, BestTimeQuery(), counted, by=site.amina, now=NOW
    ).candidates
    at = sorted(candidate.slot.cell for candidate in candidates)
    assert all(later - earlier >= 4 for earlier, later in pairwise(at))


@pytest.mark.parametrize(
    ("answers", "query", "said"),
    [
        (0, "", "Nobody has shared their availability"),
        (1, "", "Two members besides you need to share"),
        (3, "?quorum=9", "Fewer people than that have answered"),
        (3, "?minutes=75&tz=Nowhere%2FAtAll", "Select a valid choice"),
        (3, "?minutes=7", "Select a valid choice"),
        (3, "?quorum=1", "greater than or equal to 2"),
        (3, "?quorum=", "This field is required"),
    ],
)
def test_what_cannot_be_answered_says_what_to_do(
    site: Site, answers: int, query: str, said: str
) -> None:
    availability.members(site.group, answers)
    page = _search_page(site, query)
    assert said in page
    assert 'id="ranking"' not in page


def test_windows_that_are_all_too_short_ask_for_a_shorter_session(site: Site) -> None:
    for person in [site.bo, *availability.members(site.group, 3)]:
        availability.replace_week(person, availability.hours(time(12), time(12, 30)))
    assert "Try a shorter session" in _search_page(site, "?attendance=none")
    assert 'id="ranking"' in _search_page(site, "?attendance=none&minutes=30")


def test_hours_that_fail_somewhere_in_the_year_are_said_to(site: Site) -> None:
    availability.share_week(site.amina)
    availability.share_week(site.bo, NOONS)
    availability.members(site.group, 2, availability.hours(time(3), time(5)))
    assert "No time works in every week" in _search_page(site, "?quorum=4")


def test_only_no_from_everybody_asks_for_one_evening(site: Site) -> None:
    never = Window(availability.EVERY_DAY, time(), time(), Level.NO)
    availability.members(site.group, 3, never)
    counted = counted_availability(site.group, by=site.amina)
    result = find_best_times(site.group, BestTimeQuery(), counted, by=site.amina, now=NOW)
    assert result.reason is Reason.NOBODY_AVAILABLE
    assert "is not available at any time so far" in _search_page(site)


def test_who_must_be_there_is_asked_for(site: Site) -> None:
    availability.share_week(site.amina, availability.hours(time(6), time(8)))
    _dana = make.person("dana", tz="Africa/Cairo")
    make.membership(_dana, site.group, role=Membership.Role.CO_FACILITATOR)
    availability.share_week(_dana, availability.hours(time(18), time(22)))
    availability.members(site.group, 3, availability.hours(time(5), time(22)))

    def local_hours(attendance: str) -> set[int]:
        counted = counted_availability(site.group, by=site.amina, attendance=attendance)
        result = find_best_times(
            site.group, BestTimeQuery(attendance=attendance), counted, by=site.amina, now=NOW
        )
        return (
            {candidate.here.year.time.hour for candidate in result.candidates}
            if not result.reason
            else set()
        )

    assert local_hours(AttendanceRequirement.ME) <= {6, 7}
    assert local_hours(AttendanceRequirement.ANYONE) - {6, 7}
    assert local_hours(AttendanceRequirement.ALL) == set()


def test_no_more_than_sixty_searches_an_hour_are_answered(site: Site) -> None:
    _all_answer(site)
    for _number in range(60):
        SEARCHES.wait(f"{site.amina.pk}-{site.group.pk}", NOW)
    page = _search_page(site)
    assert "many searches" in page
    assert 'id="ranking"' not in page


def test_using_an_hour_leads_through_the_preview_and_founds_the_series(site: Site) -> None:
    _all_answer(site)
    page = _search_page(site)
    sent = _form(page, f"/g/{site.group.key}/manage/series/")
    browser = site.browser(site.amina)
    shown = browser.post(f"/g/{site.group.key}/manage/series/", sent).content.decode()
    assert "The next sessions" in shown
    assert not Series.objects.exists()
    del sent["preview"]
    browser.post(f"/g/{site.group.key}/manage/series/", sent)
    series = Series.objects.get()
    assert series.first_local.date().isoformat() == sent["on"]
    assert f"{series.first_local:%H:%M}" == sent["starts"]


def test_an_agreed_hour_is_moved_by_the_same_button(site: Site) -> None:
    _all_answer(site)
    series = create_series(
        by=site.amina, group=site.group, first_local=datetime(2026, 11, 28, 7, 0),
        rule=Rule.parse("FREQ=WEEKLY"), duration_minutes=60, now=NOW,
    )  # fmt: skip
    session = series.occurrences.order_by("starts_at").first()
    assert session
    page = _search_page(site)
    assert "Move “Every week on Saturday at 07:00” here" in page
    sent = _form(page, f"/g/{site.group.key}/manage/series/")
    shown = site.browser(site.amina).post(f"/s/{session.key}/following/", sent)
    assert "The next sessions" in shown.content.decode()
    del sent["preview"]
    site.browser(site.amina).post(f"/s/{session.key}/following/", sent)
    moved = Series.objects.get(origin=series)
    assert f"{moved.first_local:%H:%M}" == sent["starts"]


def test_turns_are_offered_where_no_hour_is_fair_and_share_the_weeks(site: Site) -> None:
    early, late = availability.hours(time(7), time(9)), availability.hours(time(19), time(21))
    somehow = availability.hours(time(6), time(23), Level.IF_NEEDED)
    availability.share_week(site.amina, availability.hours(time(6), time(23)))
    for number, best in enumerate([early, late, early, late]):
        person = make.person(f"turn{number}", tz="Europe/Berlin")
        make.membership(person, site.group)
        availability.share_week(person, somehow, best)
    counted = counted_availability(site.group, by=site.amina)
    result = find_best_times(site.group, BestTimeQuery(), counted, by=site.amina, now=NOW)
    first, second = result.rotation
    assert result.is_proven
    assert (first.every, second.every) == (2, 2)
    assert timedelta(0) < second.first_local - first.first_local < timedelta(weeks=2)
    page = _search_page(site)
    assert "two times in turn" in page
    assert "No other pair shares them better" in page


def test_a_better_anchor_zone_can_be_taken_before_an_hour_is_agreed(site: Site) -> None:
    group = make.group("Kathmandu hour", organisation=site.organisation, tz="Asia/Kathmandu")
    make.membership(site.amina, group, role=Membership.Role.FACILITATOR)
    availability.members(group, 4, availability.hours(time(19), time(20)))
    browser = site.browser(site.amina)
    page = browser.get(f"/g/{group.key}/manage/best-time/?attendance=none").content.decode()
    assert "Use Berlin time" in page
    browser.post(f"/g/{group.key}/manage/best-time/zone/", {"tz": "Europe/Berlin"})
    group.refresh_from_db()
    assert group.tz.key == "Europe/Berlin"


def test_a_clock_that_an_hour_hangs_on_stays(site: Site) -> None:
    make.series(site.group)
    with pytest.raises(Exception, match="Stop that time first"):
        choose_anchor_zone(by=site.amina, group=site.group, tz=ZoneInfo("Africa/Cairo"))
    site.browser(site.amina).post(
        f"/g/{site.group.key}/manage/best-time/zone/", {"tz": "Africa/Cairo"}
    )
    site.group.refresh_from_db()
    assert site.group.tz.key == "Europe/Bratislava"


def test_members_are_asked_gently_through_the_message_that_everybody_reads(site: Site) -> None:
    availability.members(site.group, 3)
    assert f"/g/{site.group.key}/manage/message/?week" in _search_page(site)
    page = site.browser(site.amina).get(f"/g/{site.group.key}/manage/message/?week")
    assert "We are looking for a time that suits" in page.content.decode()
    plain = site.browser(site.amina).get(f"/g/{site.group.key}/manage/message/")
    assert "We are looking for a time that suits" not in plain.content.decode()


# What nobody learns.


def _besides_the_ranking(page: str) -> str:
    """Return a page without the list of hours, which is worked out from everybody's week."""
    return re.sub(r'<section [^>]*id="(ranking|rotation)".*?</section>', "", page, flags=re.DOTALL)


DIFFERENT_WEEKS = [
    (availability.hours(time(18), time(22), Level.PREFER),),
    (availability.hours(time(17), time(21), Level.FINE), NOONS),
    (availability.hours(time(0), time(0), Level.IF_NEEDED),),
]


def test_below_five_nothing_but_the_order_of_hours_differs_by_one_persons_week(
    site: Site,
) -> None:
    _all_answer(site)
    pages = []
    for windows in DIFFERENT_WEEKS:
        availability.replace_week(site.bo, *windows)
        page = _search_page(site)
        pages.append(_besides_the_ranking(page))
        for sentence in ("who answered can come", "fewer than five can come", "data-heat"):
            assert sentence not in page
    assert pages[0] == pages[1] == pages[2]


def test_an_hour_says_the_same_whoevers_weeks_it_was_found_from(site: Site) -> None:
    """The words of an hour come from zones and sums: equal for equal hours, whatever Bo painted."""
    _all_answer(site, others=6)
    said: dict[str, set[tuple[str, ...]]] = {}
    for windows in DIFFERENT_WEEKS:
        availability.replace_week(site.bo, *windows)
        counted = counted_availability(site.group, by=site.amina)
        heatmap = AvailabilityHeatmap.objects.get(group=site.group)
        for candidate in find_best_times(
            site.group, BestTimeQuery(), counted, by=site.amina, now=NOW
        ).candidates:
            names = {
                zone_time.tz.key: zone_time.tz.key
                for zone_time in (candidate.here, *candidate.zone_times)
            }
            words = tuple(costs_of(candidate, names, heatmap.people))
            said.setdefault(str(candidate.slot), set()).add(words)
    assert said
    assert all(len(different) == 1 for different in said.values())


def test_one_person_who_comes_goes_or_repaints_changes_no_number(site: Site) -> None:
    people = _all_answer(site, others=4)  # with Bo five members: all of them are drawn
    before = _numbers(_search_page(site))
    assert before
    availability.replace_week(people[0], NOONS)
    assert _numbers(_search_page(site)) == before
    Membership.objects.filter(person=people[1]).update(state=Membership.State.REMOVED)
    assert _numbers(_search_page(site)) == before
    newcomer = make.person("newcomer")
    make.membership(newcomer, site.group)
    availability.share_week(newcomer, NOONS)
    assert _numbers(_search_page(site)) == before


def test_two_searches_show_the_same_numbers_whatever_they_ask_for(site: Site) -> None:
    _all_answer(site, others=7)
    queries = [
        "",
        "?minutes=30",
        "?minutes=120",
        "?quorum=2",
        "?attendance=me",
        "?attendance=all",
        "?every=4",
    ]
    assert len({_numbers(_search_page(site, query)) for query in queries}) == 1


def test_no_number_below_five_is_ever_shown(site: Site) -> None:
    for begins in range(16, 21):  # one is free at 16:00, two at 17:00 … five at 20:00
        person = make.person(f"from{begins}", tz="Europe/Berlin")
        make.membership(person, site.group)
        availability.share_week(person, availability.hours(time(begins), time(22)))
    for query in ("", "?tz=Africa%2FCairo", "?tz=Europe%2FBerlin"):
        shown = _numbers(_search_page(site, query))
        assert shown
        assert all(int(number) >= 5 for number in shown)


def test_a_zone_in_which_one_person_lives_is_not_named(site: Site) -> None:
    _all_answer(site, others=2)
    lonely = make.person("lonely", tz="Pacific/Chatham")
    make.membership(lonely, site.group)
    availability.share_week(lonely)
    page = _search_page(site)
    assert "Berlin" in page
    assert "Chatham" not in page
    assert "Copenhagen" not in page  # Bo's


def test_no_other_page_of_the_facilitator_differs_by_one_persons_week(site: Site) -> None:
    _all_answer(site, others=5)
    site.amina.affiliations.update(role="coordinator")
    key = site.group.key
    addresses = [
        "/", "/mine/", "/groups/", "/facilitating/", "/account/", "/mine/week/", f"/g/{key}/",
        f"/g/{key}/manage/", f"/g/{key}/manage/series/", f"/g/{key}/manage/history/", f"/g/{key}/manage/message/",
        "/organisations/",
    ]  # fmt: skip
    browser = site.browser(site.amina)

    def everything() -> list[str]:
        return [VARYING.sub("", browser.get(address).content.decode()) for address in addresses]

    before = everything()
    availability.replace_week(site.bo, NOONS)
    assert everything() == before


def test_a_member_and_a_stranger_find_nothing(site: Site) -> None:
    _all_answer(site)
    for person in (site.bo, site.chen):
        answer = site.browser(person).get(f"/g/{site.group.key}/manage/best-time/")
        assert answer.status_code == 404


def test_whoever_allowed_nothing_counts_in_nothing(site: Site) -> None:
    _all_answer(site, others=2)
    silent = make.person("silent", tz="Europe/Berlin")
    make.membership(silent, site.group)
    availability.availability.add_windows(person=silent, windows=[NOONS], now=NOW)
    counted = counted_availability(site.group, by=site.amina)
    assert str(silent.pk) not in {one.id for one in counted.people}
    assert counted.missing == 1


def _numbers(page: str) -> tuple[str, ...]:
    """Return every number of the picture, and the sentence about how it was drawn."""
    return tuple(re.findall(r'<td data-heat="\d"[^>]*>(\d+)</td>', page))


def _form(page: str, action: str) -> dict[str, str]:
    """Return the fields of the first form that posts to an address."""
    form = page.split(f'action="{action}"', 1)[1].split("</form>", 1)[0]
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))


def test_the_search_costs_the_same_queries_for_one_and_for_many(site: Site) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            _search_page(site)
        return len(counted)

    _all_answer(site, others=5)
    few = queries()
    availability.members(make.group("other"), 1)
    for number in range(5):
        person = make.person(f"more{number}", tz="Europe/Berlin")
        make.membership(person, site.group)
        availability.share_week(person)
    assert queries() == few
    assert Group.objects.count() == 2
