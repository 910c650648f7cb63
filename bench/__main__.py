"""``python -m bench``: measure the warehouse beside its peers and write bench/results.md."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from bench.measuring import Measurement, measure_loading, measure_side, measure_whole_run, sides_of
from bench.report import results
from bench.world import World, generate, server_running

SIZES = (2_000, 20_000, 100_000)
#: pandas takes minutes for all months of more customers than this.
PANDAS_LIMIT = 5_000


def main() -> None:
    """Measure the chosen sizes and sides, print each figure as it comes, write the table."""
    given = _arguments()
    load = os.getloadavg()[0]
    measured: list[Measurement] = []
    for customers in given.customers:
        with tempfile.TemporaryDirectory(prefix="bellwether-bench-", dir=given.folder) as folder:
            measured += _measure(World(Path(folder), customers, given.months), given.repeat, given.only)
    text = results(measured, given.repeat, load)
    given.out.write_text(text, encoding="utf-8")
    print(f"\n{text}\nwritten to {given.out}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--customers", type=int, nargs="+", default=[2_000], help=f"sizes, of {SIZES}")
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--repeat", type=int, default=3, help="runs behind each median")
    parser.add_argument("--only", nargs="+", default=[], help="words of the names of sides: training, DuckDB, loading")
    parser.add_argument("--folder", type=Path, default=None, help="where homes and packages go while measuring")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("results.md"))
    return parser.parse_args()


def _measure(world: World, repeat: int, only: list[str]) -> list[Measurement]:
    generate(world)
    measured = _told(measure_whole_run(world))
    with server_running(world):
        if not only or any("loading" in word for word in only):
            measured += _told(measure_loading(world, repeat))
        for name in sides_of(only):
            if name == "features of all months / pandas" and world.customers > PANDAS_LIMIT:
                continue
            measured += _told([measure_side(world, name, repeat)])
    return measured


def _told(measured: list[Measurement]) -> list[Measurement]:
    for one in measured:
        print(f"{one.customers:>8,}  {one.name:<50} {one.seconds:>9.2f} s {one.peak_mb:>7,.0f} MB", flush=True)
    return measured


if __name__ == "__main__":
    main()
