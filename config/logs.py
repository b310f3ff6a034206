"""The log formatter, which hides the secret in calendar addresses."""

from __future__ import annotations

import logging
import re
from typing import Final

SECRET: Final = re.compile(r"(/c/)[^\s\"']+")


class RedactingFormatter(logging.Formatter):
    """Redacts calendar addresses in messages and tracebacks."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the formatted record without secrets."""
        return SECRET.sub(r"\1…", super().format(record))
