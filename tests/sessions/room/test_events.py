"""The kinds of events, and what their payloads look like in a frame."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sessions.room import commands as c
from sessions.room import payloads
from sessions.room.codec import Malformed, dump_fields, load
from sessions.room.events import EventKind
from sessions.room.payloads import PAYLOADS
from sessions.room.state import Phase
from tests.support.room_builder import AMINA, BO, done, room_in

ROOM_JS = Path(__file__).parents[3] / "static/js/room"
KINDS_JS = (ROOM_JS / "event_kinds.js").read_text("utf-8")


def test_each_kind_has_one_payload_class() -> None:
    assert PAYLOADS.keys() == set(EventKind)
    assert all(cls.kind is kind for kind, cls in PAYLOADS.items())


def test_the_browser_knows_the_same_kinds() -> None:
    listed = dict(re.findall(r"^  ([A-Z_]+): \"([a-z_]+)\",$", KINDS_JS, re.MULTILINE))
    assert listed == {kind.name: kind.value for kind in EventKind}


def test_the_browser_applies_each_kind_or_names_it_as_unchanged() -> None:
    changes = (ROOM_JS / "changes.js").read_text("utf-8")
    handled = re.findall(r"^  \[KIND\.([A-Z_]+)\][:(]", changes, re.MULTILINE)
    assert sorted(handled) == sorted(EventKind.__members__)


def test_the_fields_of_a_payload_are_those_of_the_frame() -> None:
    _, (joined, *_) = done(room_in(Phase.OPEN), c.Admit(by=AMINA, who="4"))
    assert dump_fields(joined.payload) == {
        "who": "4",
        "alias": "Dara",
        "role": "member",
        "has_seat": True,
        "only_listens": False,
        "microphone": False,
        "camera": False,
        "is_muted": False,
        "receives": "everything",
        "is_direct": False,
        "count": 3,
    }


def test_marks_of_replaced_text_are_written_only_when_set() -> None:
    said = payloads.Said(by=BO, alias="Bo", text="hello")
    assert dump_fields(said) == {"by": BO, "alias": "Bo", "text": "hello"}
    raw = dump_fields(said) | {"text": "", "redacted": True}
    assert load(payloads.Said, raw) == payloads.Said(by=BO, alias="Bo", text="", redacted=True)


@pytest.mark.parametrize(
    "raw", [{"who": BO}, {"who": BO, "on": "yes"}, {"who": BO, "on": True, "by": BO}]
)
def test_a_stored_payload_of_another_shape_is_not_read(raw: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        load(payloads.MutedChanged, raw)
