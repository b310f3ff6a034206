from __future__ import annotations

from pathlib import Path

import pytest

from tools.check_writes import may_write, problems, writes


@pytest.mark.parametrize(
    ("call", "is_write"),
    [
        ("row.save()", True),
        ("rows.update(state='done')", True),
        ("Group.objects.create(name=name)", True),
        ("rows.filter(pk=1).delete()", True),
        ("cursor.execute(sql, parameters)", True),
        ("rows.bulk_create(made)", True),
        ("kept.update(other)", False),
        ("cache.delete(key)", False),
        ("digest.update(b'')", False),
        ("rows.filter(pk=1)", False),
    ],
)
def test_calls_that_write_are_told_from_those_that_do_not(call: str, is_write: bool) -> None:
    assert bool(list(writes(call))) is is_write


def test_actions_delivery_and_migrations_write() -> None:
    assert may_write(Path("scheduler/actions/schedule/undo.py"))
    assert may_write(Path("notifications/delivery/leases.py"))
    assert may_write(Path("scheduler/migrations/0001_initial.py"))
    assert not may_write(Path("scheduler/views/groups.py"))
    assert not may_write(Path("sessions/delivery/leases.py"))


def test_a_file_that_writes_must_be_listed_and_a_listed_one_must_write(tmp_path: Path) -> None:
    (tmp_path / "scheduler/views").mkdir(parents=True)
    (tmp_path / "scheduler/views/groups.py").write_text("group.save()\n")
    (message,) = problems(tmp_path, {})
    assert message.startswith("scheduler/views/groups.py:1: save() writes")
    assert list(problems(tmp_path, {"scheduler/views/groups.py": "a reason"})) == []
    listed = {"scheduler/views/groups.py": "a reason", "scheduler/views/feeds.py": "another"}
    (unneeded,) = problems(tmp_path, listed)
    assert unneeded == (
        "scheduler/views/feeds.py: listed in tools/allowed_writes.txt, but it writes nothing"
    )
