"""Questions for subprocesses, each with a different behaviour."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimizer.errors import NoPeople

if TYPE_CHECKING:
    from pathlib import Path

    from optimizer import ProgressCallback


@dataclass(frozen=True)
class Doubled:
    """Answers at once, after printing to standard output as solvers do."""

    number: int

    def answer(self, _on_progress: ProgressCallback) -> int:
        print("a solver says something")  # noqa: T201 - they do
        return 2 * self.number


@dataclass(frozen=True)
class Refused:
    """Raises an error of the optimizer."""

    def answer(self, _on_progress: ProgressCallback) -> int:
        raise NoPeople


@dataclass(frozen=True)
class Endless:
    """Never answers and ignores progress; writes its process id to a file."""

    note: Path

    def answer(self, _on_progress: ProgressCallback) -> int:
        self.note.write_text(str(os.getpid()))
        while True:
            time.sleep(60)


@dataclass(frozen=True)
class Dying:
    """Ends its process."""

    def answer(self, _on_progress: ProgressCallback) -> int:
        os._exit(3)
