"""The pages about the site."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", ["about", "privacy", "terms", "agreement"])
def test_anyone_reads_about_the_site(page: str) -> None:
    assert Client().get(f"/{page}/").status_code == 200


@pytest.mark.parametrize(
    ("contact", "link"),
    [
        ("hello@example.org", 'href="mailto:hello@example.org"'),
        ("https://example.org/contact", 'href="https://example.org/contact"'),
    ],
)
def test_who_runs_the_site_and_how_to_reach_them(settings, contact: str, link: str) -> None:
    settings.OPERATOR_NAME = "Harbour <House>"
    settings.OPERATOR_CONTACT = contact
    page = Client().get("/about/").content.decode()

    assert "Harbour &lt;House&gt;" in page
    assert link in page


def test_without_a_name_the_page_says_so() -> None:
    assert "has not written their name here yet" in Client().get("/about/").content.decode()


def test_every_page_leads_there() -> None:
    page = Client().get("/").content.decode()

    assert all(f'href="/{name}/"' in page for name in ("about", "privacy", "terms"))
