"""How fast the optimizer is, compared with a plain zoneinfo loop in the same run.

The baseline is ``naive_best_time.objective`` with a table of levels, its fastest form, timed on a
few slots whose objectives must equal ours, and scaled to all slots of all anchors. People are
random but seeded, from every zone of the tz database. Rows: FIGURE, name, value, unit, separated
by tabs.
"""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
from datetime import date, time, timedelta
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import naive_best_time
from civiltime.zones import TZ_VERSION, canonical_names, zone
from optimizer import (
    Attendee,
    Facilitator,
    GroupSpec,
    Level,
    Opening,
    Plan,
    Session,
    Slot,
    TzTable,
    Window,
    conflicts,
    rank,
    review,
    roster,
    rotate,
    split,
)

if TYPE_CHECKING:
    from collections.abc import Callable

START = date(2027, 1, 4)
SIZES = {10: (40, 12), 100: (20, 3), 1_000: (7, 1), 10_000: (3, 0)}
HOMES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Africa/Cairo", "Australia/Sydney"]
EVERY_DAY = frozenset(range(7))
MEMORY = "--memory"


def main() -> None:
    """Run every measurement, or only that of memory."""
    if MEMORY in sys.argv:
        rank(random_group(10_000, Random(10_000)))
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
        return
    figure(
        "machine",
        f"{platform.machine()} {os.cpu_count()} cores Python {platform.python_version()}",
        "",
    )
    figure("tz_database", TZ_VERSION, "")
    ranking()
    peak = subprocess.run(
        [sys.executable, __file__, MEMORY], check=True, capture_output=True, text=True
    )
    figure("hours.rank.peak_memory.10000", peak.stdout.strip(), "MiB")
    rotating()
    overlapping()
    reviewing()
    rostering()


def random_group(count: int, random: Random) -> GroupSpec:
    """Return a random group: small ones in a few zones, large ones all over the world."""
    homes = HOMES if count <= 12 else sorted(canonical_names())
    people = tuple(
        Attendee(f"p{n}", random.choice(homes), windows(random), facilitator=n % 5 == 0)
        for n in range(count)
    )
    return GroupSpec(people, timedelta(hours=1), START)


def windows(random: Random) -> tuple[Window, ...]:
    """Return a random week: possible days, better evenings, one period that is not available."""
    quarters = [time(hour, quarter * 15) for hour in range(24) for quarter in range(4)]
    evening, night = random.randint(60, 76), random.randint(84, 95)
    busy = random.randint(32, 80)
    return (
        Window(EVERY_DAY, time(8), quarters[night], Level.IF_NEEDED),
        Window(EVERY_DAY, quarters[evening], quarters[night], Level.FINE),
        Window(frozenset(random.sample(range(7), 3)), quarters[evening], time(21), Level.PREFER),
        Window(frozenset({random.randrange(7)}), quarters[busy], quarters[busy + 6], Level.NO),
    )


def ranking() -> None:
    """Compare the ranking of all slots with the naive loop, from ten people to ten thousand."""
    for count, (repeats, samples) in SIZES.items():
        random = Random(count)
        spec = random_group(count, random)
        cold = seconds_of(lambda spec=spec: rank(spec, tz=TzTable()))
        times = sorted(seconds_of(lambda spec=spec: rank(spec)) for _ in range(repeats))
        name = f"hours.rank.{count}"
        figure(f"{name}.cold", f"{cold * 1e3:.1f}", "ms")
        figure(f"{name}.best", f"{times[0] * 1e3:.2f}", "ms")
        figure(f"{name}.p95", f"{times[int(0.95 * (repeats - 1))] * 1e3:.2f}", "ms")
        if samples:
            everything = rank(spec, top=None)
            sample = random.sample(everything.slots, samples)
            begun = perf_counter()
            keys = [
                naive_best_time.objective(spec, one.slot, naive_best_time.table_level_at)
                for one in sample
            ]
            naive = (perf_counter() - begun) / samples * len(everything)
            assert keys == [one.objective for one in sample]  # noqa: S101 - a benchmark of wrong answers is none
            figure(f"{name}.slots", len(everything), "slots")
            figure(f"{name}.naive", f"{naive:.0f}", "s (scaled)")
            figure(f"{name}.ratio", f"{naive / times[len(times) // 2]:.0f}", "x (median)")


def rotating() -> None:
    """Time rotations and splits of a dozen people."""
    slowest, busiest, proven, halves = 0.0, 0.0, 0, 0.0
    for seed in range(20):
        spec = random_group(12, Random(seed))
        begun, busy = perf_counter(), process_time()
        proven += rotate(spec, budget=timedelta(seconds=10)).proven
        slowest = max(slowest, perf_counter() - begun)
        busiest = max(busiest, process_time() - busy)
        halves = max(
            halves, seconds_of(lambda spec=spec: split(spec, budget=timedelta(seconds=10)))
        )
    figure("hours.rotate.12.slowest_of_20", f"{slowest * 1e3:.0f}", "ms")
    # What other programs take of the machine is not in this one.
    figure("hours.rotate.12.slowest_of_20.cpu", f"{busiest * 1e3:.0f}", "ms")
    figure("hours.rotate.12.proven_of_20", proven, "groups")
    figure("hours.split.12.slowest_of_20", f"{halves * 1e3:.0f}", "ms")


def overlapping() -> None:
    """Time the overlaps of two hundred sessions in every week of a year."""
    random = Random(200)
    sessions = [
        Session(f"s{n}", Slot.at(random.choice(HOMES), random.randrange(672)), timedelta(hours=1))
        for n in range(200)
    ]
    quarter = timedelta(minutes=15)
    times = sorted(
        seconds_of(lambda: conflicts(sessions, START, buffer=quarter)) for _ in range(20)
    )
    found = conflicts(sessions, START, buffer=quarter)
    figure("hours.conflicts.200.median", f"{times[10] * 1e3:.1f}", "ms")
    figure("hours.conflicts.200.found", len(found), "conflicts")
    hidden = sum(0 not in one.weeks for one in found)
    figure("hours.conflicts.200.not_in_january", f"{hidden / len(found):.2f}", "share")


def reviewing() -> None:
    """Time the review of a thousand plans when one zone of the world has changed."""
    random = Random(1_000)
    plans = [
        Plan.of(random_group(10, random), Slot.at(random.choice(HOMES), random.randrange(672)))
        for _ in range(1_000)
    ]
    changed = TzTable(
        "changed", lambda name: zone("Asia/Tashkent" if name == "Asia/Kolkata" else name)
    )
    figure(
        "hours.review.1000.unchanged",
        f"{seconds_of(lambda: [review(plan) for plan in plans]):.3f}",
        "s",
    )
    begun, busy = perf_counter(), process_time()
    moved_meetings = sum(len(review(plan, changed).moved_meetings) for plan in plans)
    seconds, busy = perf_counter() - begun, process_time() - busy
    figure("hours.review.1000.one_zone_changed", f"{seconds:.3f}", "s")
    figure("hours.review.1000.one_zone_changed.cpu", f"{busy:.3f}", "s")
    figure("hours.review.1000.one_zone_changed.breaks", moved_meetings, "meetings of a person")
    # A naive review walks every plan's year twice, once on the old clocks and once on the new.
    few = plans[:10]
    walked = seconds_of(lambda: [naive_best_time.objective(plan.spec, plan.slot) for plan in few])
    naive = 2 * walked * len(plans) / len(few)
    figure("hours.review.1000.ratio", f"{naive / seconds:.0f}", "x (naive scaled)")


def rostering() -> None:
    """Time a roster of two hundred groups and eighty facilitators to its proof."""
    random = Random(80)
    homes = sorted(canonical_names())
    languages = ["en", "es", "fr", "ar", "pt"]
    openings = [
        Opening(
            f"g{n}",
            random.choice(languages),
            timedelta(hours=1),
            (Slot.at(random.choice(homes), random.randrange(7) * 96 + random.randint(68, 80)),),
        )
        for n in range(200)
    ]
    facilitators = [
        Facilitator(
            Attendee(f"f{n}", random.choice(homes), windows(random)),
            frozenset(random.sample(languages, 2)),
            random.randint(2, 5),
        )
        for n in range(80)
    ]
    begun = perf_counter()
    found = roster(openings, facilitators, START, budget=timedelta(seconds=60))
    figure("hours.roster.200x80", f"{perf_counter() - begun:.1f}", "s")
    for stage in found.stages:
        figure(f"hours.roster.200x80.{stage.name}", stage.value, f"bound {stage.bound}")


def seconds_of(run: Callable[[], object]) -> float:
    """Return how long a call takes, in seconds."""
    begun = perf_counter()
    run()
    return perf_counter() - begun


def figure(name: str, value: object, unit: str) -> None:
    """Print one row."""
    print("FIGURE", name, value, unit, sep="\t", flush=True)


if __name__ == "__main__":
    main()
