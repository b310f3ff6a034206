"""Every page of the site that can be walked to without knowing a key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse
    from django.urls import URLResolver

pytestmark = pytest.mark.django_db

HEADERS: Final = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def paths(node: URLResolver | None = None, prefix: str = "/") -> Iterator[str]:
    """Yield every address of the URLconf that has no variable part."""
    for entry in (node or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if "<" in path:
            continue
        if isinstance(entry, URLPattern):
            yield path
        else:
            yield from paths(entry, path)


def pages(client: Client) -> list[tuple[str, HttpResponse]]:
    """Return what each address answers, an unknown one among them."""
    answers = [(path, client.get(path)) for path in [*paths(), "/no-such-page/"]]
    assert len(answers) > 10
    return answers  # type: ignore[return-value]


def aminas_browser() -> Client:
    client = Client()
    client.force_login(make.person("amina"))
    return client


@pytest.fixture(params=["a stranger", "Amina"])
def answers(request: pytest.FixtureRequest) -> list[tuple[str, HttpResponse]]:
    return pages(Client() if request.param == "a stranger" else aminas_browser())


def test_every_answer_carries_the_quiet_headers(answers: list[tuple[str, HttpResponse]]) -> None:
    for path, answer in answers:
        for name, value in HEADERS.items():
            assert answer.headers.get(name) == value, (path, name)
        assert "camera=()" in answer.headers["Permissions-Policy"], path


def test_every_answer_forbids_what_is_written_into_a_page(
    answers: list[tuple[str, HttpResponse]],
) -> None:
    for path, answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
        assert directives["default-src"] == "'none'", path
        assert directives["script-src"] == "'self'", path
        assert directives["style-src"] == "'self'", path
        assert "unsafe" not in policy, path
        assert "http" not in policy, path


def test_no_page_has_code_of_its_own_or_asks_another_site(
    answers: list[tuple[str, HttpResponse]],
) -> None:
    for path, answer in answers:
        page = answer.content.decode()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|javascript:", page), path
        for script in re.findall(r"<script[^>]*>", page):
            assert 'src="/static/' in script, path
        assert not re.search(r"<(?:link|img|script|iframe)[^>]+(?:src|href)=\"(?:https?:)?//", page)


def test_no_answer_to_a_signed_in_person_stays_in_a_cache() -> None:
    for path, answer in pages(aminas_browser()):
        # Help, the way out and the worker are the same for everyone and ask nobody who they are.
        if path.strip("/") not in {"help", "leave", "service-worker.js"}:
            assert "no-store" in answer.headers["Cache-Control"], path


def test_no_page_fails(answers: list[tuple[str, HttpResponse]]) -> None:
    broken = {path: answer.status_code for path, answer in answers if answer.status_code >= 500}
    assert broken.keys() <= {"/readyz"}
