"""Check that docstrings of the pure packages state errors, shapes, units and time zones.

``python tools/check_docstrings.py [PATH …]`` reads the files below the paths, or below ``PATHS``.
Checked are public functions: those of a module and the methods and properties of public classes
whose names do not begin with an underscore. Functions inside functions and ``@overload`` are not.

======== =================================================================================
rule     meaning
======== =================================================================================
missing  A public function or class has a docstring.
raises   Each error class that the body raises by name is an entry of a ``Raises:`` section; for
         ``__init__`` and ``__post_init__`` the section is the class's. Left out are a bare
         ``raise``, variables, private errors, ``NotImplementedError``, errors that an enclosing
         ``try`` catches by the same name, and whatever called functions raise.
shape    A function with an array in its signature, or a class with an array among its fields,
         names a shape in double backticks, such as ``(people, 672) uint8``, or says "any shape".
zone     A ``datetime`` or ``time`` in the signature needs one of the words UTC, local, aware,
         naive, wall-clock. A parameter, or a function that returns one, is clear by itself if its
         name ends in ``_at`` (aware) or ``_local`` (naive), or is ``now`` (aware).
unit     An ``int`` or ``float`` whose name is a span or point of time (``QUANTITIES``) needs a
         word of ``UNITS``, in the docstring or as the end of the name (``duration_minutes``).
======== =================================================================================

Arrays are annotations that hold ``NDArray``, ``ndarray`` or a name that ends in ``Array``.

Exit status: the number of violations, at most 100.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT: Final = Path(__file__).resolve().parent.parent
PATHS: Final = (
    "civiltime",
    "optimizer",
    "sessions/room",
    "directory/formats",
    "calendars/ical",
    "calendars/importing",
)
QUANTITIES: Final = frozenset(
    {"age", "after", "before", "buffer", "budget", "cell", "cells", "delay", "duration", "ends"}
    | {"instant", "instants", "interval", "length", "lifetime", "offset", "offsets", "pause"}
    | {"period", "shift", "since", "span", "start", "starts", "steps", "stop", "timeout", "ttl"}
    | {"until", "wait", "wall"}
)
UNITS: Final = re.compile(
    r"\b(?:seconds?|milliseconds?|ms|minutes?|hours?|quarters?|quarter hours?|days?|weeks?|months?|years?|characters?|bytes)\b",
    re.IGNORECASE,
)
ZONES: Final = re.compile(r"\b(?:UTC|local|aware|naive|wall[- ]clock)\b", re.IGNORECASE)
SHAPE: Final = re.compile(r"``\([^()`]*,[^()`]*\)[^`]*``|\bany shape\b")
ARRAY: Final = re.compile(r"\b(?:NDArray|ndarray|[A-Z]\w*Array)\b")
MOMENT: Final = re.compile(r"\b(?:datetime|time)\b")
NUMBER: Final = re.compile(r"\b(?:int|float)\b")
CLEAR_NAME: Final = re.compile(r"(?:.*_at|.*_local|now)")
UNIT_NAME: Final = re.compile(
    r"(?:.*_)?(?:seconds|ms|minutes|hours|quarters|days?|weeks|months|year)"
)
CONSTRUCTORS: Final = frozenset({"__init__", "__post_init__"})
UNCHECKED_ERRORS: Final = frozenset({"AssertionError", "NotImplementedError"})

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Violation(NamedTuple):
    """A docstring that lacks something. ``line`` counts from 1."""

    path: Path
    line: int
    name: str
    rule: str
    message: str


class Part(NamedTuple):
    """A value of a signature: its name, and its annotation as source text."""

    name: str
    annotation: str


def violations(paths: Iterable[Path]) -> Iterator[Violation]:
    """Yield each violation in the files, by file and then by line."""
    for path in paths:
        module = ast.parse(path.read_text("utf-8"))
        found = [
            Violation(path, node.lineno, name, rule, message)
            for name, node, owner in public_definitions(module)
            for rule, message in _problems(node, owner)
        ]
        yield from sorted(found, key=lambda violation: violation.line)


def public_definitions(
    node: ast.Module | ast.ClassDef, prefix: str = ""
) -> Iterator[tuple[str, Function | ast.ClassDef, ast.ClassDef | None]]:
    """Yield the public classes and functions with their dotted names and their classes, if any.

    The methods ``__init__`` and ``__post_init__`` are yielded, too, for the errors they raise.
    """
    owner = node if isinstance(node, ast.ClassDef) else None
    for child in node.body:
        if isinstance(child, ast.ClassDef) and not child.name.startswith("_"):
            yield prefix + child.name, child, owner
            yield from public_definitions(child, f"{prefix}{child.name}.")
        elif isinstance(child, Function) and _is_checked(child):
            yield prefix + child.name, child, owner


def _problems(
    node: Function | ast.ClassDef, owner: ast.ClassDef | None
) -> Iterator[tuple[str, str]]:
    """Yield rule and message of each violation of one definition."""
    doc = ast.get_docstring(node) or ""
    if isinstance(node, Function) and node.name in CONSTRUCTORS:
        class_doc = (ast.get_docstring(owner) if owner else "") or ""
        yield from _raises_problems(node, class_doc, "the class's Raises: section")
    elif not doc:
        yield "missing", "has no docstring"
    elif isinstance(node, ast.ClassDef):
        if any(ARRAY.search(field.annotation) for field in _fields(node)):
            yield from _shape_problems(doc)
    else:
        yield from _raises_problems(node, doc, "a Raises: section")
        yield from _signature_problems(node, doc)


def _signature_problems(node: Function, doc: str) -> Iterator[tuple[str, str]]:
    parts = [*_parameters(node), Part(node.name, _source(node.returns))]
    if any(ARRAY.search(part.annotation) for part in parts):
        yield from _shape_problems(doc)
    for part in parts:
        if _is_unclear_moment(part) and not ZONES.search(doc):
            yield "zone", f"does not say whether {part.name} is UTC, local, aware or naive"
        if _is_unclear_quantity(part) and not UNITS.search(doc):
            yield "unit", f"does not name the unit of {part.name}"


def _shape_problems(doc: str) -> Iterator[tuple[str, str]]:
    if not SHAPE.search(doc):
        yield "shape", "names no shape of its arrays, such as ``(n, 672) uint8``"


def _raises_problems(node: Function, doc: str, where: str) -> Iterator[tuple[str, str]]:
    documented = documented_errors(doc)
    for error in dict.fromkeys(raised_errors(node)):
        if error not in documented:
            yield "raises", f"raises {error}, which {where} does not name"


def raised_errors(node: Function) -> Iterator[str]:
    """Yield the name of each error class that a function's own body raises, in order."""
    yield from _raised_in(node.body, frozenset())


def _raised_in(nodes: Iterable[ast.AST], caught: frozenset[str]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, Function | ast.Lambda | ast.ClassDef):
            continue
        if isinstance(node, ast.Try):
            handled = {name for handler in node.handlers for name in _names(handler.type)}
            yield from _raised_in(node.body, caught | handled)
            yield from _raised_in([*node.handlers, *node.orelse, *node.finalbody], caught)
            continue
        if isinstance(node, ast.Raise):
            for name in _names(node.exc):
                is_class = name[0].isupper() and name not in UNCHECKED_ERRORS
                if is_class and name not in caught:
                    yield name
        yield from _raised_in(ast.iter_child_nodes(node), caught)


def _names(node: ast.expr | None) -> list[str]:
    """Return the last part of each name in ``raise X``, ``raise a.X(…)`` or ``except (X, Y)``."""
    if isinstance(node, ast.Call):
        return _names(node.func)
    if isinstance(node, ast.Tuple):
        return [name for each in node.elts for name in _names(each)]
    if isinstance(node, ast.Attribute):
        return [node.attr]
    return [node.id] if isinstance(node, ast.Name) else []


def documented_errors(doc: str) -> set[str]:
    """Return the names of the entries of a docstring's ``Raises:`` section."""
    _, _, section = doc.partition("\nRaises:\n")
    entries: set[str] = set()
    for line in section.splitlines():
        if line and not line.startswith(" "):
            break
        if match := re.match(r" {4}(\w[\w., ]*):", line):
            entries |= {name.strip().rpartition(".")[2] for name in match[1].split(",")}
    return entries


def _parameters(node: Function) -> Iterator[Part]:
    arguments = node.args
    for each in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
        yield Part(each.arg, _source(each.annotation))


def _fields(node: ast.ClassDef) -> Iterator[Part]:
    for each in node.body:
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            yield Part(each.target.id, _source(each.annotation))


def _source(node: ast.expr | None) -> str:
    return "" if node is None else ast.unparse(node)


def _is_unclear_moment(part: Part) -> bool:
    return bool(MOMENT.search(part.annotation)) and not CLEAR_NAME.fullmatch(part.name)


def _is_unclear_quantity(part: Part) -> bool:
    is_number = NUMBER.search(part.annotation) and not ARRAY.search(part.annotation)
    is_quantity = not QUANTITIES.isdisjoint(part.name.split("_"))
    return bool(is_number) and is_quantity and not UNIT_NAME.fullmatch(part.name)


def _is_checked(node: Function) -> bool:
    is_public = not node.name.startswith("_") or node.name in CONSTRUCTORS
    return is_public and not _is_overload(node)


def _is_overload(node: Function) -> bool:
    return any("overload" in _names(each) for each in node.decorator_list)


def files(arguments: list[str]) -> list[Path]:
    """Return the Python files below the arguments, or below ``PATHS``, in order."""
    roots = [Path(argument).resolve() for argument in arguments] or [ROOT / each for each in PATHS]
    listed = (sorted(root.rglob("*.py")) if root.is_dir() else [root] for root in roots)
    return [path for some in listed for path in some]


def main(arguments: list[str]) -> int:
    """Print each violation and how many there are by rule; return the number, at most 100."""
    found = list(violations(files(arguments)))
    for violation in found:
        at = f"{violation.path.relative_to(ROOT)}:{violation.line}"
        print(f"{at}: {violation.name} {violation.message} [{violation.rule}]")
    counts = Counter(violation.rule for violation in found)
    if counts:
        print(", ".join(f"{rule}: {count}" for rule, count in sorted(counts.items())))
    return min(len(found), 100)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
