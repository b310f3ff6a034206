"""The log formatter, which hides the secrets in calendar addresses and invitation links."""

from __future__ import annotations

import logging
import re
from typing import Final

SECRET: Final = re.compile(r"(/(?:c|join)/)[^\s\"']+")


class RedactingFormatter(logging.Formatter):
    """Redacts calendar addresses and invitation links in messages and tracebacks."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the formatted record without secrets."""
        return SECRET.sub(r"\1…", super().format(record))
