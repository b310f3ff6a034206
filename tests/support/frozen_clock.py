"""Runs a Python program with its clock set: ``python traveller.py 2026-06-01T12:00:00+00:00 manage.py …``.

The clock goes on ticking, and only this process sees it.
"""

from __future__ import annotations

import runpy
import sys
from datetime import datetime

import time_machine

if __name__ == "__main__":
    _self, moment, program, *words = sys.argv
    time_machine.travel(datetime.fromisoformat(moment), tick=True).start()
    sys.argv = [program, *words]
    sys.path.insert(0, ".")
    runpy.run_path(program, run_name="__main__")
