"""What a frame costs as screens become more, and how many see the wall move."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from .chart import Chart
from .curve import Limit, meets, power
from .measurement import Check, Measurement, number
from .processor_time import Stopwatch
from .screens import plain_screens
from .stage import Stage
from .wall import FAIL_IN_TURN, SETUPS, Lab, running_lab

SIZES = (20, 100, 300, 600)
WANTED = 300
SECONDS = 10.0
SETTLE = 2.0
MOVES = 15
"""Frames a second below which a wall does not look alive."""


@dataclass
class Size:
    """`rate`: frames a second on each screen; `frame`: processor seconds of the wall for a frame, to all screens."""

    screens: int
    rate: float
    share: float
    idle_share: float

    @property
    def frame(self) -> float:
        return max(self.share - self.idle_share, 1e-6) / self.rate

    def row(self) -> list[str]:
        cost = (1e6 * self.frame, 1e6 * self.frame / self.screens)
        return [f"{self.screens:,}", f"{self.rate:.1f}", f"{self.share:.0%}", *(f"{number(each)} µs" for each in cost)]


def measure(stage: Stage) -> Measurement:
    with running_lab(stage) as lab:
        without = _share(lab)
        sizes = [_size(lab, screens, without) for screens in SIZES]
    counts, rates = [float(size.screens) for size in sizes], [size.rate for size in sizes]
    return Measurement(
        name="screens",
        title="Cost against screens",
        how=f"{SETUPS} setups that report an event a second each, {FAIL_IN_TURN}, and screens that take "
        f"every frame and draw nothing, {SECONDS:g} s each; without a screen the wall's process takes {without:.0%} of "
        "a core. What it takes above that is what frames cost: a frame to all goes with "
        f"screens^{_power(counts, sizes)}, where 1 is in proportion. After a frame the wall pauses three times as long "
        "as it took, so that requests have their turn: more screens have fewer frames.",
        checks=[Check("frames", rates[SIZES.index(WANTED)])],
        table=[
            ["screens", "frames a second on each", "wall, of a core", "a frame to all", "a frame to one"],
            *(size.row() for size in sizes),
        ],
        raw={"sizes": [vars(size) for size in sizes]},
        chart=Chart(
            "Processor time of a frame",
            counts,
            "µs",
            {
                "to all screens": [1e6 * size.frame for size in sizes],
                "to one": [1e6 * size.frame / size.screens for size in sizes],
            },
            "screens",
        ),
        limit=Limit(
            f"a screen gets fewer than {MOVES} frames a second",
            "screens",
            meets(counts, rates, MOVES, falling=True),
            SIZES[-1],
            WANTED,
        ),
    )


def _power(counts: Sequence[float], sizes: Sequence[Size]) -> str:
    return number(power(counts, [size.frame for size in sizes]))


def _share(lab: Lab) -> float:
    """Of a core, that the wall takes."""
    with lab.reporting():
        watch, begun = Stopwatch(wall=lab.dashboard.pid), time.perf_counter()
        time.sleep(SECONDS)
        return watch.seconds()["wall"] / (time.perf_counter() - begun)


def _size(lab: Lab, count: int, idle_share: float) -> Size:
    with plain_screens(lab.dashboard.port, count) as screens, lab.reporting():
        time.sleep(SETTLE)
        watch, begun, before = Stopwatch(wall=lab.dashboard.pid), time.perf_counter(), screens.frames
        time.sleep(SECONDS)
        seconds, frames = time.perf_counter() - begun, screens.frames - before
        return Size(count, frames / count / seconds, watch.seconds()["wall"] / seconds, idle_share)
