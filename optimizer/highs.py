"""HiGHS through OR-Tools' MathOpt, with absl's log stream fixed to the process's own stderr."""

from __future__ import annotations

import sys

from absl import logging as absl_logging
from ortools.math_opt.python import mathopt

__all__ = ["mathopt"]

# absl keeps the stderr it finds at import and closes it when logging is configured again, unless it
# is sys.__stderr__: a worker that redirects its output would lose the stream.
absl_logging.get_absl_handler().python_handler.setStream(sys.__stderr__)
