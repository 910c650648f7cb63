"""One small simulated company for all tests of the generator, made once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from warehouse.sample import SampleOptions, generate
from warehouse.sample.simulation.blocks import BlockHistory, BlockSimulation
from warehouse.sample.simulation.drivers import draw_environment
from warehouse.sample.simulation.population import draw_population
from warehouse.sample.timeline import Timeline

SMALL = SampleOptions(customers=300, months=6)


@dataclass(frozen=True)
class Package:
    folder: Path
    options: SampleOptions

    def parquet(self, pattern: str) -> pl.DataFrame:
        return pl.concat([pl.read_parquet(path) for path in sorted(self.folder.glob(pattern))])

    def csv(self, pattern: str) -> pl.DataFrame:
        return pl.concat([pl.read_csv(path) for path in sorted(self.folder.glob(pattern))])


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    folder = tmp_path_factory.mktemp("sample") / "package"
    return Package(generate(folder, SMALL), SMALL)


@pytest.fixture(scope="session")
def history() -> BlockHistory:
    """What only the simulation knows, of a company large enough for statistics."""
    options = SampleOptions(customers=6000)
    timeline = Timeline(options.end_month, options.months)
    population = draw_population(options.seed, 0, 1, options.customers, timeline)
    environment = draw_environment(options.seed, timeline)
    return BlockSimulation(population, environment, options, 0, timeline).run()
