from __future__ import annotations

import pytest
from django.template.loader import render_to_string

# No test of this file may touch the database: pytest-django refuses it.


@pytest.mark.parametrize(
    "template", ["400.html", "403.html", "403_csrf.html", "404.html", "405.html", "500.html"]
)
def test_an_error_page_is_made_of_nothing(template):
    page = render_to_string(template)

    assert "<h1>" in page
    assert "<form" not in page


def test_a_form_without_its_token_is_told_in_plain_words(client):
    client.handler.enforce_csrf_checks = True

    page = {"Referer": "http://testserver/groups/?page=2"}
    response = client.post("/sign-in/", headers=page)

    assert response.status_code == 403
    assert "That was not sent" in response.content.decode()
    assert 'href="/groups/?page=2"' in response.content.decode()
