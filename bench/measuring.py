"""Run sides and whole runs in processes of their own, several times, and keep the medians."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter

from bench.memory import PeakMemory
from bench.sides import SIDES
from bench.timing import Timing
from bench.world import World

WHOLE, AGAIN = "whole run / ours", "second run, nothing new / ours"


@dataclass(frozen=True)
class Measurement:
    """Median of the runs of one side at one size; ``name`` is ``what / who``."""

    name: str
    customers: int
    seconds: float
    rows: int
    peak_mb: float
    parts: dict[str, float] = field(default_factory=dict)

    @property
    def what(self) -> str:
        """The work that was done."""
        return self.name.split(" / ")[0]

    @property
    def who(self) -> str:
        """Who did it."""
        return self.name.split(" / ")[1]


def measure_side(world: World, name: str, repeat: int) -> Measurement:
    """Measure one side of `bench.sides` several times."""
    size = ["--customers", str(world.customers), "--months", str(world.months)]
    command = [sys.executable, "-m", "bench.sides", name, "--folder", str(world.folder), *size]
    timings, peaks = [], []
    for _ in range(repeat):
        output, peak, _ = _run(command, world, counts_server=name.endswith(" / ours"))
        timings.append(Timing(**json.loads(output.splitlines()[-1])))
        peaks.append(peak)
    middle = sorted(timings, key=lambda timing: timing.seconds)[len(timings) // 2]
    seconds = statistics.median(timing.seconds for timing in timings)
    return Measurement(name, world.customers, seconds, middle.rows, statistics.median(peaks), middle.parts)


def measure_whole_run(world: World) -> list[Measurement]:
    """Run a fresh home from raw records to publications, and once more with nothing new."""
    code = "from cli import app; app()"
    command = [sys.executable, "-c", code, "run", "--package", str(world.package)]
    measured = []
    for name in (WHOLE, AGAIN):
        _, peak, seconds = _run(command, world, counts_server=True)
        measured.append(Measurement(name, world.customers, seconds, world.customers, peak))
    return measured


def measure_loading(world: World, repeat: int) -> list[Measurement]:
    """Measure `bench.load` several times: ours and pandas ``to_sql`` on the same files; it watches memory itself."""
    code = (
        "import dataclasses, json, bench.load\n"
        f"print(json.dumps([dataclasses.asdict(one) for one in bench.load.measure({world.customers})]))"
    )
    command = [sys.executable, "-c", code]
    runs = [json.loads(_run(command, world, counts_server=False)[0].splitlines()[-1]) for _ in range(repeat)]
    measured = []
    for position, first in enumerate(runs[0]):
        same = [run[position] for run in runs]
        name = f"loading {first['what']} / {'ours' if first['who'] == 'ours' else 'pandas to_sql'}"
        seconds = statistics.median(one["seconds"] for one in same)
        peak = statistics.median(one["peak_mb"] for one in same)
        measured.append(Measurement(name, world.customers, seconds, first["rows"], peak))
    return measured


def sides_of(only: Sequence[str]) -> list[str]:
    """Sides whose name contains one of the words; all without words."""
    return [name for name in SIDES if not only or any(word in name for word in only)]


def _run(command: list[str], world: World, *, counts_server: bool) -> tuple[str, float, float]:
    """Run a process to its end; returns output, peak memory in MB and wall seconds."""
    with tempfile.TemporaryFile("w+") as errors:
        began = perf_counter()
        process = subprocess.Popen(command, env=world.environment, stdout=subprocess.PIPE, stderr=errors, text=True)
        with PeakMemory(process.pid, world.home if counts_server else None) as memory:
            output, _ = process.communicate()
        seconds = perf_counter() - began
        if process.returncode:
            errors.seek(0)
            raise RuntimeError(f"{' '.join(command)} failed:\n{output[-2000:]}\n{errors.read()[-4000:]}")
    return output, memory.megabytes, seconds
