"""A coordinator decides whether groups may take guests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.site import Site

pytestmark = pytest.mark.django_db


def test_a_coordinator_lets_open_groups_take_guests_and_takes_it_back(site: Site) -> None:
    browser = site.browser(site.amina)
    address = f"/organisations/{site.organisation.key}/guests/"
    for answers, is_allowed in (({"allow": "1"}, True), ({}, False)):
        browser.post(address, answers)
        site.organisation.refresh_from_db()
        assert site.organisation.allows_guests is is_allowed


def test_nobody_else_decides_that(site: Site) -> None:
    address = f"/organisations/{site.organisation.key}/guests/"
    assert site.browser(site.bo).post(address, {"allow": "1"}).status_code == 404
    site.organisation.refresh_from_db()
    assert not site.organisation.allows_guests
