"""A search in a process of its own: it takes nobody's turn, and ends at once when told to.

A solver may not look up for seconds, holds the interpreter, and keeps its memory. Here it runs
beside the process that asked, at a low priority; killing it is telling it to stop. It ends itself
when whoever asked is gone, however that came about.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from threading import Thread
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from optimizer.errors import OptimizerError
from optimizer.stopwatch import Stopwatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import timedelta

    from optimizer.progress import Watcher

Answer = TypeVar("Answer")
Answer_co = TypeVar("Answer_co", covariant=True)
ROOT: Final = Path(__file__).resolve().parents[1]
NICENESS: Final = 10
LOOK_EVERY: Final = 0.5  # seconds


class Question(Protocol[Answer_co]):
    """Something that can be pickled, and finds its own answer."""

    def answer(self, watcher: Watcher, /) -> Answer_co:
        """Search."""


class SearchDied(OptimizerError):
    """The process of a search ended without an answer: killed, out of memory, or out of time."""

    code = "search_died"

    def __init__(self) -> None:
        super().__init__("The search ended without an answer. Ask again, maybe for less.")


class SearchRefused(OptimizerError):
    """The question makes no sense.

    Attributes:
        refusal: the code of the error that the question met.
    """

    code = "search_refused"

    def __init__(self, refusal: str, text: str) -> None:
        self.refusal = refusal
        super().__init__(text)


class SearchStopped(OptimizerError):
    """Whoever asked did not want to know any more."""

    code = "search_stopped"

    def __init__(self) -> None:
        super().__init__("The search was stopped.")


def ask(question: Question[Answer], *, go_on: Callable[[], bool], patience: timedelta) -> Answer:
    """Answer a question in a process of its own.

    ``go_on`` is called in this thread, about twice a second; it may take its time. After
    ``patience`` the search is given up: it has a budget of its own, which is shorter.

    Raises:
        SearchStopped: ``go_on`` said no.
        SearchDied: the process ended, or overran.
        SearchRefused: the question makes no sense.
    """
    stopwatch = Stopwatch(patience)
    with _process() as process, DefaultSelector() as selector:
        assert process.stdin  # noqa: S101 - asked for below
        assert process.stdout  # noqa: S101 - the same
        selector.register(process.stdout, EVENT_READ)
        try:
            pickle.dump(question, process.stdin)
            process.stdin.flush()
        except BrokenPipeError:
            raise SearchDied from None
        while not selector.select(LOOK_EVERY):
            if not go_on():
                raise SearchStopped
            if stopwatch.is_over:
                raise SearchDied
        try:
            refusal, found = pickle.load(process.stdout)  # noqa: S301 - our own child
        except EOFError:
            raise SearchDied from None
    if refusal:
        raise SearchRefused(*refusal)
    answer: Answer = found
    return answer


@contextmanager
def _process() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(  # noqa: S603 - our own program, without a word from outside
        [sys.executable, "-m", __name__], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream:
                stream.close()


def main() -> None:
    """Read a question, answer it; end at once when nobody listens any more."""
    os.nice(NICENESS)
    # Solvers print; nothing but the answer may go where it is awaited.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    question: Question[object] = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own parent
    Thread(target=_end_with_the_asker, daemon=True).start()
    refusal: tuple[str, str] | None = None
    found: object = None
    try:
        found = question.answer(lambda _progress: True)
    except OptimizerError as error:
        refusal = error.code, str(error)
    pickle.dump((refusal, found), answers)
    answers.flush()
    os._exit(0)  # whatever threads a solver has left behind


def _end_with_the_asker() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    main()
