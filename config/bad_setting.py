"""What stops the start."""

from __future__ import annotations


class BadSetting(SystemExit):
    """A setting that stops the start; its text says what is allowed."""

    def __init__(self, name: str, why: str) -> None:
        self.name = name
        super().__init__(f"{name}: {why} See docs/settings.md.")
