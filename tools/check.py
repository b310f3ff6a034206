"""Run every check that needs no test: format, lint, types, imports, templates, migrations, deploy.

``python tools/check.py [NAME …]`` runs the steps whose name holds one of the words, or all.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
BIN: Final = Path(sys.executable).parent
UNFINISHED: Final = "^(<{7}|>{7}) "
# What a careful operator sets; the key is new each time because nothing is kept.
PRODUCTION: Final = {
    "COMMONHOUR_MODE": "production",
    "COMMONHOUR_URL": "https://hour.example.org",
    "COMMONHOUR_SECRET_KEY": secrets.token_urlsafe(50),
    "DATABASE_URL": "postgres://commonhour@127.0.0.1:5432/commonhour",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "EMAIL_URL": "smtp+starttls://127.0.0.1",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A command with a name, and what it needs to be set."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step said, and how long it took."""

    step: Step
    is_green: bool
    seconds: float
    output: str


def steps() -> list[Step]:
    """Return the one list, the slow ones first so that two cores finish together."""
    manage = [sys.executable, "manage.py"]
    templates = [str(path) for path in sorted(ROOT.glob("templates/**/*.html"))]
    listed = [
        Step("mypy", [tool("mypy")]),
        Step("ruff check", [tool("ruff"), "check"]),
        Step("ruff format", [tool("ruff"), "format", "--check"]),
        Step("import contracts", [tool("lint-imports"), "--no-cache"]),
        Step("migrations", [*manage, "makemigrations", "--check", "--dry-run"]),
        Step("deploy", [*manage, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
        Step("names", [sys.executable, "tools/check_names.py"]),
        Step("docstrings", [sys.executable, "tools/check_docstrings.py"]),
        Step("writes", [sys.executable, "tools/check_writes.py"]),
        Step("documented paths", [sys.executable, "tools/check_paths.py"]),
        Step("dependencies agree", [sys.executable, "-m", "pip", "check"]),
        # Templates with the marks of a conflict render: a page showed them to people once.
        Step("merges finished", ["sh", "-c", f"! git grep -nE '{UNFINISHED}'"]),
    ]
    if templates:
        djade = [tool("djade"), "--check", "--target-version", "5.2", *templates]
        listed.append(Step("templates", djade))
    return listed


def tool(name: str) -> str:
    """Return the path of a program of this virtual environment."""
    return str(BIN / name)


def run(step: Step) -> Outcome:
    """Run one step and keep all it prints."""
    start = time.monotonic()
    process = subprocess.run(
        step.command,
        cwd=ROOT,
        env=os.environ | step.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Outcome(step, process.returncode == 0, time.monotonic() - start, process.stdout)


def main(words: list[str]) -> int:
    """Run the steps two at a time, show each as it ends, and the words of those that fail."""
    chosen = [step for step in steps() if not words or any(word in step.name for word in words)]
    with ThreadPoolExecutor(max_workers=2) as pool:
        outcomes = []
        for outcome in pool.map(run, chosen):
            mark = "ok " if outcome.is_green else "RED"
            print(f"{mark} {outcome.seconds:6.1f} s  {outcome.step.name}", flush=True)
            outcomes.append(outcome)
    red = [outcome for outcome in outcomes if not outcome.is_green]
    for outcome in red:
        print(f"\n── {outcome.step.name}\n{outcome.output.rstrip()}")
    return len(red)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
