"""HiGHS, as OR-Tools brings it along, with its logging kept away from our streams."""

from __future__ import annotations

import sys

from absl import logging as absl_logging
from ortools.math_opt.python import mathopt

__all__ = ["mathopt"]

# absl holds on to the stderr it finds when it is imported, and closes it when logging is configured
# anew, unless it is the process's own: a worker that redirects its output would lose it.
absl_logging.get_absl_handler().python_handler.setStream(sys.__stderr__)
