"""What a log line may say: never the secret of a calendar's address."""

from __future__ import annotations

import logging
import re
from typing import Final

SECRET: Final = re.compile(r"(/c/)[^\s\"']+")


class Discreet(logging.Formatter):
    """Hides calendar addresses, in messages and in tracebacks alike."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line as it may be written."""
        return SECRET.sub(r"\1…", super().format(record))
