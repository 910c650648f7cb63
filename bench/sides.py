"""One side of a comparison in a process of its own: ``python -m bench.sides NAME --folder ... --customers ...``.

The last line printed is the timing as JSON; memory is watched from outside.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from bench import feature_sides, model_sides
from bench.timing import Timing
from bench.world import World

SIDES: dict[str, Callable[[World], Timing]] = {
    "features of a month / ours": feature_sides.ours_month,
    "features of a month / DuckDB": feature_sides.duckdb_month,
    "features of a month / pandas": feature_sides.pandas_month,
    "features of all months / ours": feature_sides.ours_all,
    "features of all months / DuckDB": feature_sides.duckdb_all,
    "features of all months / pandas": feature_sides.pandas_all,
    "training / ours": model_sides.train,
    "scores with reasons / ours": model_sides.score_frame,
    "scores with reasons / shap": model_sides.shap_frame,
    "scores with reasons / shap, own algorithm": model_sides.shap_own_frame,
    "a month scored into the warehouse / ours": model_sides.score_month,
    "all checks / ours": model_sides.checks,
}


def main() -> None:
    """Measure one side and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=SIDES)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--customers", type=int, required=True)
    parser.add_argument("--months", type=int, required=True)
    given = parser.parse_args()
    timing = SIDES[given.name](World(given.folder, given.customers, given.months))
    print(json.dumps(asdict(timing)))


if __name__ == "__main__":
    main()
