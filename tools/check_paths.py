"""Check that every repository path which the documentation names is there.

``python tools/check_paths.py [FILE …]`` reads CONTRIBUTING.md, README.md and every Markdown page under
docs/, or the files given. It checks two things outside code blocks:

- a span in backticks that is a path: its first part is a top-level entry of the repository, or it
  ends in a slash or in a suffix of ``SUFFIXES``;
- the target of a link to a file.

``*`` and ``**`` match as in a shell, ``{a,b}`` stands for two paths, ``<name>`` for any one name. A path
whose first part is no top-level entry may be the end of a longer path: ``views/groups.py``. URLs,
absolute paths, commands, settings and other identifiers are not paths.

Exit status: 0 if every path is there, 1 if one is missing, 2 if a given file cannot be read.
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parent.parent
SUFFIXES: Final = frozenset(
    {".conf", ".css", ".html", ".jcfg", ".js", ".lock", ".md", ".mjs", ".py", ".sh", ".svg"}
    | {".toml", ".yaml", ".yml"}
)
FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})")
INDENTED: Final = " " * 4
SPAN: Final = re.compile(r"(?<!`)`([^`]+)`(?!`)")
LINK: Final = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
PATH: Final = re.compile(r"[\w.<>*{},-]+(?:/[\w.<>*{},-]+)*/?(?::\d+)?", re.ASCII)
PLACEHOLDER: Final = re.compile(r"<[^<>/]+>")
BRACES: Final = re.compile(r"\{([^{}/]+)\}")
LINE_NUMBER: Final = re.compile(r":\d+$")


@dataclass(frozen=True, slots=True)
class Missing:
    """A path that a page names and the repository lacks; ``line`` counts from 1."""

    page: Path
    line: int
    name: str


class Repository:
    """The files of a checkout: tracked ones, and new ones that Git does not ignore."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @cached_property
    def files(self) -> frozenset[str]:
        """Return the path of each file, relative to the root."""
        listed = self._git("ls-files", "--cached", "--others", "--exclude-standard", "-z")
        return frozenset(
            name for name in listed.split("\0") if name and (self.root / name).exists()
        )

    @cached_property
    def folders(self) -> frozenset[str]:
        """Return the path of each folder that holds a file, without a closing slash."""
        return frozenset(
            parent.as_posix() for name in self.files for parent in Path(name).parents if parent.name
        )

    @cached_property
    def top_level(self) -> frozenset[str]:
        """Return the names of the files and folders at the root."""
        return frozenset(name.partition("/")[0] for name in self.files)

    def has(self, name: str) -> bool:
        """Whether a path is there, or is one that Git ignores because a tool makes it."""
        return all(self._has(pattern) for pattern in _alternatives(name))

    def _has(self, pattern: str) -> bool:
        entries = self.folders if pattern.endswith("/") else self.files | self.folders
        wanted = PLACEHOLDER.sub("*", pattern.rstrip("/"))
        wholes = [wanted]
        if wanted.partition("/")[0] not in self.top_level:
            wholes.append(f"*/{wanted}")
        return any(_matches(entry, whole) for whole in wholes for entry in entries) or bool(
            self._git("check-ignore", "--no-index", "--", pattern)
        )

    def _git(self, *words: str) -> str:
        process = subprocess.run(
            ["git", *words], cwd=self.root, stdout=subprocess.PIPE, text=True, check=False
        )
        return process.stdout


def _alternatives(pattern: str) -> list[str]:
    """Return the paths that ``{a,b}`` stands for."""
    braces = BRACES.search(pattern)
    if braces is None:
        return [pattern]
    start, end = pattern[: braces.start()], pattern[braces.end() :]
    return [path for word in braces[1].split(",") for path in _alternatives(f"{start}{word}{end}")]


def _matches(entry: str, pattern: str) -> bool:
    """Whether a path matches a pattern; only ``**`` and a leading ``*/`` cross a slash."""
    if "**" in pattern or pattern.startswith("*/"):
        return fnmatchcase(entry, pattern) or fnmatchcase(entry, pattern.replace("**/", ""))
    parts, wanted = entry.split("/"), pattern.split("/")
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))


def prose(text: str) -> Iterator[tuple[int, str]]:
    """Yield the number and the text of each line that is not part of a code block."""
    fence = ""
    is_after_blank = True
    for number, line in enumerate(text.splitlines(), start=1):
        mark = FENCE.match(line)
        if fence:
            fence = "" if mark and mark[1].startswith(fence) else fence
        elif mark:
            fence = mark[1]
        elif not (is_after_blank and line.startswith(INDENTED)):
            yield number, line
            is_after_blank = not line.strip()


def is_path(span: str, repository: Repository) -> bool:
    """Whether a span in backticks names a path of the repository, present or not."""
    if not PATH.fullmatch(span):
        return False
    name = LINE_NUMBER.sub("", span)
    first, slash, _ = name.partition("/")
    if slash and (first in repository.top_level or name.endswith("/")):
        return True
    return Path(name).suffix in SUFFIXES


def missing_in(page: Path, repository: Repository) -> Iterator[Missing]:
    """Yield what one page names and the repository lacks, in the order of the page."""
    for number, line in prose(page.read_text("utf-8")):
        for span in SPAN.findall(line):
            if is_path(span, repository) and not repository.has(LINE_NUMBER.sub("", span)):
                yield Missing(page, number, span)
        for target in LINK.findall(SPAN.sub("", line)):
            file = unquote(target.partition("#")[0])
            if file and ":" not in file and not (page.parent / file).exists():
                yield Missing(page, number, target)


def default_pages(root: Path) -> list[Path]:
    """Return the pages that are read when none is given."""
    named = [root / "CONTRIBUTING.md", root / "README.md"]
    return [page for page in named if page.exists()] + sorted((root / "docs").rglob("*.md"))


def main(words: list[str]) -> int:
    """Print one line for each missing path, then how many pages were read."""
    pages = [Path(word).resolve() for word in words] or default_pages(ROOT)
    if unreadable := [page for page in pages if not page.is_file()]:
        print(*(f"{page}: no such file" for page in unreadable), sep="\n", file=sys.stderr)
        return 2
    repository = Repository(ROOT)
    missing = [one for page in pages for one in missing_in(page, repository)]
    for one in missing:
        page = one.page.relative_to(ROOT) if one.page.is_relative_to(ROOT) else one.page
        print(f"{page}:{one.line}: {one.name} is not in the repository")
    print(f"{len(pages)} pages read, {len(missing)} paths missing")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
