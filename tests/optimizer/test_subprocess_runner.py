from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from optimizer.errors import NoPeople
from optimizer.subprocess_runner import (
    SearchDied,
    SearchRefused,
    SearchStopped,
    answer_in_subprocess,
)
from tests.optimizer import subprocess_questions

MINUTE = timedelta(minutes=1)
ROOT = Path(__file__).resolve().parents[2]


def is_there(note: Path) -> bool:
    """Return whether the process whose id is in a file still runs."""
    return Path(f"/proc/{note.read_text()}").exists()


def wait_until_gone(note: Path) -> None:
    deadline = time.monotonic() + 5
    while is_there(note):
        assert time.monotonic() < deadline, "the search lives on"
        time.sleep(0.02)


def test_a_question_is_answered_in_a_subprocess_whatever_its_solver_prints() -> None:
    assert (
        answer_in_subprocess(
            subprocess_questions.Doubled(21), should_continue=lambda: True, timeout=MINUTE
        )
        == 42
    )


def test_a_refusal_comes_back_as_one() -> None:
    with pytest.raises(SearchRefused) as last_call:
        answer_in_subprocess(
            subprocess_questions.Refused(), should_continue=lambda: True, timeout=MINUTE
        )
    assert (last_call.value.error_code, str(last_call.value)) == (NoPeople.code, str(NoPeople()))


def test_a_search_that_dies_raises_another_error_than_one_that_is_refused() -> None:
    with pytest.raises(SearchDied):
        answer_in_subprocess(
            subprocess_questions.Dying(), should_continue=lambda: True, timeout=MINUTE
        )


def test_a_search_that_should_not_continue_ends_within_two_seconds(
    tmp_path: Path,
) -> None:
    note = tmp_path / "note"
    last_call = 0.0

    def should_continue() -> bool:
        nonlocal last_call
        last_call = time.monotonic()
        return not note.exists()

    with pytest.raises(SearchStopped):
        answer_in_subprocess(
            subprocess_questions.Endless(note), should_continue=should_continue, timeout=MINUTE
        )
    assert time.monotonic() - last_call < 2
    assert not is_there(note)


def test_a_search_that_exceeds_its_timeout_is_killed() -> None:
    with pytest.raises(SearchDied):
        answer_in_subprocess(
            subprocess_questions.Endless(Path("/dev/null")),
            should_continue=lambda: True,
            timeout=timedelta(),
        )


def test_a_search_exits_when_its_parent_was_killed(tmp_path: Path) -> None:
    note = tmp_path / "note"
    words = (
        "from datetime import timedelta; from pathlib import Path\n"
        "from optimizer.subprocess_runner import answer_in_subprocess\n"
        "from tests.optimizer import subprocess_questions\n"
        f"answer_in_subprocess(subprocess_questions.Endless(Path({str(note)!r})),"
        " should_continue=lambda: True, timeout=timedelta(minutes=1))"
    )
    with subprocess.Popen([sys.executable, "-c", words], cwd=ROOT) as asker:
        deadline = time.monotonic() + 30
        while not (note.exists() and note.read_text()):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        os.kill(asker.pid, signal.SIGKILL)
    wait_until_gone(note)
