"""Fail on writes to the database outside ``actions/`` and ``notifications/delivery/``.

Found are calls of ``save``, ``bulk_create``, ``bulk_update``, ``get_or_create``,
``update_or_create`` and ``execute``, of ``create`` and ``update`` with keyword arguments alone, and
of ``delete`` without arguments. A file that writes all the same stands in ``allowed_writes.txt``
with its reason; an entry whose file no longer writes is a failure, too.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parent.parent
ALLOWED: Final = ROOT / "tools/allowed_writes.txt"
PACKAGES: Final = (
    "accounts", "calendars", "config", "demo", "directory", "notifications", "scheduler", "sessions",
)  # fmt: skip
ALWAYS: Final = {
    "abulk_create", "abulk_update", "acreate", "adelete", "asave", "aupdate", "bulk_create",
    "bulk_update", "execute", "executemany", "get_or_create", "save", "update_or_create",
}  # fmt: skip
WITH_KEYWORDS_ALONE: Final = {"create", "update"}


def writes(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and method of each call that writes to the database, in the order of the tree."""
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        method = node.func.attr
        is_write = (
            method in ALWAYS
            or (method in WITH_KEYWORDS_ALONE and node.keywords and not node.args)
            or (method == "delete" and not node.args and not node.keywords)
        )
        if is_write:
            yield node.lineno, method


def may_write(path: Path) -> bool:
    """Whether a file belongs to a layer that writes: ``actions/`` or ``notifications/delivery/``."""
    parts = path.parts
    return "actions" in parts or parts[:2] == ("notifications", "delivery") or "migrations" in parts


def read_allowed(text: str) -> dict[str, str]:
    """Parse the list: ``path  reason`` a line, ``#`` begins a comment."""
    lines = [line.split("#")[0].split(maxsplit=1) for line in text.splitlines()]
    return {parts[0]: parts[1].strip() for parts in lines if len(parts) > 1}


def problems(root: Path, allowed: dict[str, str]) -> Iterator[str]:
    """Yield a sentence for each file that writes and may not, and each entry that is not needed."""
    needed = set()
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            relative = path.relative_to(root)
            if may_write(relative):
                continue
            for line, method in writes(path.read_text("utf-8")):
                needed.add(relative.as_posix())
                if relative.as_posix() not in allowed:
                    yield f"{relative}:{line}: {method}() writes: move it into an action, or list the file"
    for unneeded in sorted(allowed.keys() - needed):
        yield f"{unneeded}: listed in tools/allowed_writes.txt, but it writes nothing"


def main() -> int:
    """Print each problem; return how many there are, at most 100."""
    found = list(problems(ROOT, read_allowed(ALLOWED.read_text("utf-8"))))
    print("\n".join(found))
    return min(len(found), 100)


if __name__ == "__main__":
    sys.exit(main())
