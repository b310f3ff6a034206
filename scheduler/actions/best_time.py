"""Search the best meeting time of a group, if the search discloses nobody's availability."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from accounts.rate_limit import RateLimit
from civiltime.errors import CommonhourError
from scheduler.queries.best_time import find_best_times

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Person
    from scheduler.models import Group
    from scheduler.queries.best_time import BestTimeQuery, BestTimeResult, CountedAvailability

SEARCHES: Final = RateLimit("best-time-searches", calls=60, per=timedelta(hours=1))


class BestTimeRefused(CommonhourError):
    """The search is not run; the text says what to do instead."""

    code = "best_time_refused"


class NobodyAnswered(BestTimeRefused):
    """No member shares a week with this group."""

    code = "nobody_answered"

    def __init__(self) -> None:
        super().__init__(
            _("Nobody has shared their availability with this group yet. Ask the members.")
        )


class TooFewAnswers(BestTimeRefused):
    """A result would disclose the week of one or two people."""

    code = "too_few_answers"

    def __init__(self) -> None:
        super().__init__(
            _(
                "Two members besides you need to share their availability first: a time found for "
                "one would show when that person is free."
            )
        )


class QuorumTooHigh(BestTimeRefused):
    """The query asks for more people than share a week."""

    code = "quorum_too_high"

    def __init__(self) -> None:
        super().__init__(
            _("Fewer people than that have answered. Lower the number, or ask the others.")
        )


class TooManySearches(BestTimeRefused):
    """A facilitator searched too often for one group: answers could be compared."""

    code = "too_many_searches"

    def __init__(self) -> None:
        super().__init__(_("These were many searches. Search again in an hour."))


def search_best_times(
    *, by: Person, group: Group, query: BestTimeQuery, counted: CountedAvailability, now: datetime
) -> BestTimeResult:
    """Search a group's best meeting times for a facilitator, at most 60 times an hour.

    Raises:
        NobodyAnswered: no member shares a week.
        TooFewAnswers: fewer than two people besides ``by`` share one.
        QuorumTooHigh: fewer people share one than the query asks for.
        TooManySearches: the rate limit is reached.
        OptimizerError: the query is contradictory.
    """
    if not counted.people:
        raise NobodyAnswered
    if not counted.is_enough(by=by):
        raise TooFewAnswers
    if query.quorum > len(counted.people):
        raise QuorumTooHigh
    if SEARCHES.wait(f"{by.pk}-{group.pk}", now):
        raise TooManySearches
    return find_best_times(group, query, counted, by=by, now=now)
