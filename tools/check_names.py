"""Fail on names of modules, classes and functions that hold a word of ``forbidden_names.txt``.

``python tools/check_names.py [PATH …]`` checks the files below the paths, or the whole project.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT: Final = Path(__file__).resolve().parent.parent
LIST: Final = ROOT / "tools/forbidden_names.txt"
FOLDERS: Final = (
    "accounts", "benchmarks", "calendars", "civiltime", "config", "demo", "directory",
    "notifications", "optimizer", "scheduler", "sessions", "tests", "tools",
)  # fmt: skip
WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


class Words(NamedTuple):
    """The forbidden words with what to say instead, and the names that are allowed all the same."""

    instead: dict[str, str]
    allowed: frozenset[str]


class Violation(NamedTuple):
    """A name that holds a forbidden word. ``line`` counts from 1."""

    path: Path
    line: int
    name: str
    word: str


def read_words(text: str) -> Words:
    """Parse the list: ``word  instead`` or ``!name  reason`` a line, ``#`` begins a comment."""
    lines = [line.split("#")[0].split(maxsplit=1) for line in text.splitlines()]
    filled = [(parts[0], parts[1].strip() if len(parts) > 1 else "") for parts in lines if parts]
    return Words(
        {word: instead for word, instead in filled if not word.startswith("!")},
        frozenset(name[1:] for name, _ in filled if name.startswith("!")),
    )


def names_in(path: Path, source: str) -> Iterator[tuple[int, str]]:
    """Yield the module's own name, then each class and function of it, with line numbers.

    Tests are sentences and dunder names are Python's, so both are left out.
    """
    yield 1, path.parent.name if path.name == "__init__.py" else path.stem
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not (
            node.name.startswith(("test_", "__"))
        ):
            yield node.lineno, node.name


def violations(paths: Iterable[Path], words: Words) -> Iterator[Violation]:
    """Yield each name that holds a forbidden word, in the order of the paths."""
    for path in paths:
        for line, name in names_in(path, path.read_text("utf-8")):
            parts = {part.lower() for part in WORD.findall(name)}
            for word in sorted(parts & words.instead.keys()):
                if name not in words.allowed:
                    yield Violation(path, line, name, word)


def files(arguments: list[str]) -> list[Path]:
    """Return the Python files below the arguments, or below every folder of the project."""
    roots = [Path(argument).resolve() for argument in arguments] or [
        ROOT / each for each in FOLDERS
    ]
    found = (root.rglob("*.py") if root.is_dir() else [root] for root in roots)
    return sorted(path for some in found for path in some if "migrations" not in path.parts)


def main(arguments: list[str]) -> int:
    """Print each violation with what to say instead; return how many there are, at most 100."""
    words = read_words(LIST.read_text("utf-8"))
    count = 0
    for violation in violations(files(arguments), words):
        count += 1
        place = f"{violation.path.relative_to(ROOT)}:{violation.line}"
        print(f"{place}: {violation.name}: “{violation.word}” → {words.instead[violation.word]}")
    return min(count, 100)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
