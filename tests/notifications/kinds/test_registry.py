from __future__ import annotations

import re
from collections import Counter
from dataclasses import MISSING, fields
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.urls import resolve

from notifications import kinds
from notifications.kinds.definition import NotificationKind
from notifications.kinds.registry import KINDS, defined_kinds, kinds_of_topics
from notifications.models import Notice, Topic
from scheduler.models import Group, Occurrence

if TYPE_CHECKING:
    from collections.abc import Mapping

EVERY_KIND = pytest.mark.parametrize("kind", sorted(Notice.Kind))
# Reminders are planned by themselves, and the example on the page of preferences is one.
MAY_NAME_A_KIND: Mapping[str, set[str]] = {
    "planning/planner.py": {"REMINDER"},
    "planning/reminders.py": {"REMINDER"},
    "content/previews.py": {"REMINDER"},
}


def test_every_kind_has_exactly_one_definition() -> None:
    assert Counter(each.kind for each in defined_kinds()) == Counter(Notice.Kind)


def test_every_topic_has_a_kind() -> None:
    assert {each.topic for each in KINDS.values()} == set(Topic)
    assert set(kinds_of_topics(Topic)) == set(Notice.Kind)


@pytest.mark.parametrize(
    "part", [field.name for field in fields(NotificationKind) if field.default is MISSING]
)
def test_no_kind_can_be_defined_without_all_its_parts(part: str) -> None:
    complete = KINDS[Notice.Kind.MOVED]
    parts = {field.name: getattr(complete, field.name) for field in fields(complete)}
    NotificationKind(**parts)
    with pytest.raises(TypeError, match=part):
        NotificationKind(**{name: value for name, value in parts.items() if name != part})


def test_the_parts_that_every_kind_must_have() -> None:
    required = {field.name for field in fields(NotificationKind) if field.default is MISSING}
    assert required == {"kind", "topic", "source", "texts", "icon", "page"}


@EVERY_KIND
def test_every_kind_but_those_planned_ahead_has_a_source(kind: Notice.Kind) -> None:
    assert callable(KINDS[kind].source) is not KINDS[kind].is_scheduled


@EVERY_KIND
def test_every_kind_has_texts_and_a_page_on_this_site(kind: Notice.Kind) -> None:
    definition = KINDS[kind]
    assert all(str(text) for text in definition.texts)
    session = Occurrence(key="session", group=Group(key="group"))
    for notice in (Notice(kind=kind, occurrence=session), Notice(kind=kind, group=session.group)):
        path = definition.page(notice)
        assert path == "" or resolve(path)


def test_a_module_in_the_package_is_found_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "invented.py").write_text("KINDS = ('invented',)")
    monkeypatch.setattr(kinds, "__path__", [*kinds.__path__, str(tmp_path)])
    assert "invented" in list(defined_kinds())


def test_no_other_module_names_a_kind() -> None:
    package = Path(kinds.__path__[0]).parent
    for path in package.rglob("*.py"):
        name = str(path.relative_to(package))
        if not name.startswith(("kinds/", "models/", "migrations/")):
            named = set(re.findall(r"\bNotice\.Kind\.([A-Z]+)", path.read_text("utf-8")))
            assert named <= MAY_NAME_A_KIND.get(name, set()), name
