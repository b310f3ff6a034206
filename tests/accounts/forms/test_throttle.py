from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.test import RequestFactory

from accounts.forms.throttle import PASSWORD_ATTEMPTS, Throttle, TooManyAttempts
from tests import make

HERE, ELSEWHERE = "203.0.113.7", "198.51.100.7"


def _try(username: str, *, at: str = HERE, throttle: Throttle = PASSWORD_ATTEMPTS) -> bool:
    request = RequestFactory().post("/sign-in/", REMOTE_ADDR=at)
    try:
        throttle.count(request, username)
    except TooManyAttempts:
        return False
    return True


@time_machine.travel(make.FRIDAY, tick=False)
def test_of_a_crowd_of_tries_at_once_only_eight_are_looked_at() -> None:
    with ThreadPoolExecutor(8) as crowd:
        assert sum(crowd.map(_try, ["bo"] * 40)) == 8


@time_machine.travel(make.FRIDAY, tick=False)
def test_the_owner_on_another_network_is_not_slowed_by_who_guesses() -> None:
    for _guess in range(9):
        _try("bo")
    assert not _try("Bo")
    assert _try("bo", at=ELSEWHERE)
    assert _try("amina")


@time_machine.travel(make.FRIDAY, tick=False)
def test_a_network_that_guesses_at_many_handles_is_stopped() -> None:
    assert sum(_try(f"username{number}") for number in range(80)) == 60


@time_machine.travel(make.FRIDAY, tick=False)
def test_right_tries_are_not_held_against_a_clinic_full_of_people() -> None:
    request = RequestFactory().post("/sign-in/", REMOTE_ADDR=HERE)
    for number in range(80):
        PASSWORD_ATTEMPTS.count(request, f"username{number}")
        PASSWORD_ATTEMPTS.refund(request, f"username{number}")


@pytest.mark.parametrize(
    ("one", "other"), [("203.0.113.7", "203.0.113.200"), ("2001:db8:1:2::3", "2001:db8:1:9::8")]
)
@time_machine.travel(make.FRIDAY, tick=False)
def test_neighbours_on_one_network_are_counted_together(one: str, other: str) -> None:
    assert sum(_try("bo", at=one) for _ in range(8)) == 8
    assert not _try("bo", at=other)
