"""Answer a question in a subprocess of low priority.

A solver may hold the interpreter for seconds and keeps its memory; a subprocess can be killed at
once. It exits when its parent exits, for whatever cause.
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

from optimizer.deadline import Deadline
from optimizer.errors import OptimizerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import timedelta

    from optimizer.progress import ProgressCallback

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
ROOT: Final = Path(__file__).resolve().parents[1]
NICENESS: Final = 10
POLL_SECONDS: Final = 0.5


class Question(Protocol[T_co]):
    """A picklable question that computes its own answer."""

    def answer(self, on_progress: ProgressCallback, /) -> T_co:
        """Return the answer; stop early when ``on_progress`` returns False."""


class SearchDied(OptimizerError):
    """The subprocess ended without an answer: killed, out of memory, or out of time."""

    code = "search_died"

    def __init__(self) -> None:
        super().__init__("The search ended without an answer. Ask again, maybe for less.")


class SearchRefused(OptimizerError):
    """The question is invalid.

    Attributes:
        error_code: code of the :class:`~optimizer.errors.OptimizerError` that the question raised.
    """

    code = "search_refused"

    def __init__(self, error_code: str, text: str) -> None:
        self.error_code = error_code
        super().__init__(text)


class SearchStopped(OptimizerError):
    """The caller stopped the search."""

    code = "search_stopped"

    def __init__(self) -> None:
        super().__init__("The search was stopped.")


def answer_in_subprocess(
    question: Question[T], *, should_continue: Callable[[], bool], timeout: timedelta
) -> T:
    """Return the answer to a question, computed in a subprocess.

    ``should_continue`` is called in this thread about twice a second. The search is killed after
    ``timeout``, which should be longer than the question's own budget.

    Raises:
        SearchStopped: ``should_continue`` returned False.
        SearchDied: the process ended without an answer, or the timeout passed.
        SearchRefused: the question is invalid.
    """
    deadline = Deadline(timeout)
    with _child_process() as process, DefaultSelector() as selector:
        assert process.stdin  # noqa: S101 - a pipe, see _child_process
        assert process.stdout  # noqa: S101 - the same
        selector.register(process.stdout, EVENT_READ)
        try:
            pickle.dump(question, process.stdin)
            process.stdin.flush()
        except BrokenPipeError:
            raise SearchDied from None
        while not selector.select(POLL_SECONDS):
            if not should_continue():
                raise SearchStopped
            if deadline.has_passed:
                raise SearchDied
        try:
            refusal, found = pickle.load(process.stdout)  # noqa: S301 - our own child
        except EOFError:
            raise SearchDied from None
    if refusal:
        raise SearchRefused(*refusal)
    answer: T = found
    return answer


@contextmanager
def _child_process() -> Iterator[subprocess.Popen[bytes]]:
    """Yield the subprocess, with pipes for input and output; kill it at the end."""
    process = subprocess.Popen(  # noqa: S603 - our own program, without outside input
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
    """Read a question from standard input; write its answer or error to standard output."""
    os.nice(NICENESS)
    # Solvers print to stdout, which must carry nothing but the answer.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    question: Question[object] = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own parent
    Thread(target=_exit_with_parent, daemon=True).start()
    refusal: tuple[str, str] | None = None
    found: object = None
    try:
        found = question.answer(lambda _progress: True)
    except OptimizerError as error:
        refusal = error.code, str(error)
    pickle.dump((refusal, found), answers)
    answers.flush()
    os._exit(0)  # a solver may have left threads running


def _exit_with_parent() -> None:
    """Wait until standard input is closed, which happens when the parent exits; then exit."""
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    main()
