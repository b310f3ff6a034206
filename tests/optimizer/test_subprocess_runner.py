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
from optimizer.subprocess_runner import SearchDied, SearchRefused, SearchStopped, ask
from tests.optimizer import subprocess_questions

MINUTE = timedelta(minutes=1)
ROOT = Path(__file__).resolve().parents[2]


def is_there(note: Path) -> bool:
    """Whether the process that left a note still runs."""
    return Path(f"/proc/{note.read_text()}").exists()


def wait_until_gone(note: Path) -> None:
    deadline = time.monotonic() + 5
    while is_there(note):
        assert time.monotonic() < deadline, "the search lives on"
        time.sleep(0.02)


def test_a_question_is_answered_elsewhere_whatever_its_solver_prints() -> None:
    assert ask(subprocess_questions.Doubled(21), go_on=lambda: True, patience=MINUTE) == 42


def test_a_refusal_comes_back_as_one() -> None:
    with pytest.raises(SearchRefused) as told:
        ask(subprocess_questions.Refused(), go_on=lambda: True, patience=MINUTE)
    assert (told.value.refusal, str(told.value)) == (NoPeople.code, str(NoPeople()))


def test_a_search_that_dies_is_told_apart_from_one_that_was_refused() -> None:
    with pytest.raises(SearchDied):
        ask(subprocess_questions.Dying(), go_on=lambda: True, patience=MINUTE)


def test_who_does_not_want_to_know_any_more_ends_the_search_within_two_seconds(
    tmp_path: Path,
) -> None:
    note = tmp_path / "note"
    told = 0.0

    def go_on() -> bool:
        nonlocal told
        told = time.monotonic()
        return not note.exists()

    with pytest.raises(SearchStopped):
        ask(subprocess_questions.Endless(note), go_on=go_on, patience=MINUTE)
    assert time.monotonic() - told < 2
    assert not is_there(note)


def test_a_search_that_overruns_is_given_up() -> None:
    with pytest.raises(SearchDied):
        ask(
            subprocess_questions.Endless(Path("/dev/null")),
            go_on=lambda: True,
            patience=timedelta(),
        )


def test_a_search_ends_itself_when_who_asked_was_killed(tmp_path: Path) -> None:
    note = tmp_path / "note"
    words = (
        "from datetime import timedelta; from pathlib import Path\n"
        "from optimizer.subprocess_runner import ask; from tests.optimizer import subprocess_questions\n"
        f"ask(subprocess_questions.Endless(Path({str(note)!r})), go_on=lambda: True,"
        " patience=timedelta(minutes=1))"
    )
    with subprocess.Popen([sys.executable, "-c", words], cwd=ROOT) as asker:
        deadline = time.monotonic() + 30
        while not (note.exists() and note.read_text()):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        os.kill(asker.pid, signal.SIGKILL)
    wait_until_gone(note)
