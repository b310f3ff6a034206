"""Questions that other processes are sent, each behaving in its own way."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimizer.errors import NoPeople

if TYPE_CHECKING:
    from pathlib import Path

    from optimizer import Watcher


@dataclass(frozen=True)
class Doubled:
    """Answers at once, after printing where solvers print."""

    number: int

    def answer(self, _watcher: Watcher) -> int:
        print("a solver says something")  # noqa: T201 - they do
        return 2 * self.number


@dataclass(frozen=True)
class Refused:
    """Makes no sense."""

    def answer(self, _watcher: Watcher) -> int:
        raise NoPeople


@dataclass(frozen=True)
class Endless:
    """Never answers, and looks at nothing; it leaves its process id behind."""

    note: Path

    def answer(self, _watcher: Watcher) -> int:
        self.note.write_text(str(os.getpid()))
        while True:
            time.sleep(60)


@dataclass(frozen=True)
class Dying:
    """Ends its process."""

    def answer(self, _watcher: Watcher) -> int:
        os._exit(3)
