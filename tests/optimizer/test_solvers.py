from __future__ import annotations

import subprocess
import sys

import pytest

import optimizer


def run(program: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    ).stdout


def test_ranking_hours_loads_no_solver() -> None:
    program = "import sys; from optimizer import rank; print('ortools' in sys.modules)"
    assert run(program) == "False\n"


def test_every_exported_name_can_be_imported() -> None:
    for name in optimizer.__all__:
        assert getattr(optimizer, name)
    with pytest.raises(AttributeError):
        optimizer.__getattr__("nothing")


def test_a_redirected_stream_outlives_new_logging() -> None:
    program = (
        "import io, logging.config, sys; sys.stderr = caught = io.StringIO();"
        "import optimizer.highs; sys.stderr = sys.__stderr__;"
        "logging.config.dictConfig({'version': 1}); print(caught.closed)"
    )
    assert run(program) == "False\n"
