"""Emerging categories: few false alarms on streams that are stable, and an outbreak found."""

from __future__ import annotations

import numpy as np
import pytest

from tests.data_packages import rows
from tests.dbt_builds import build_models
from warehouse.connection import Role, Warehouse

WEEKS, CATEGORIES, BASELINE = 308, 30, 8
MEANS = np.geomspace(0.3, 60, CATEGORIES)


def judge(warehouse: Warehouse, counts: np.ndarray) -> list[tuple[int, str]]:
    """Weeks and categories that the model names, for simulated counts of shape (weeks, categories)."""
    totals = counts.sum(axis=1)
    with warehouse.connect(Role.TRANSFORMER) as connection:
        connection.execute("drop table if exists intermediate.int_voc__weekly_category cascade")
        connection.execute(
            "create table intermediate.int_voc__weekly_category (week_start_date date, category_code varchar(50), "
            "category_name varchar(255), category_level integer, message_count integer, total_count integer)"
        )
        with connection.cursor().copy("copy intermediate.int_voc__weekly_category from stdin") as copy:
            for week, category in np.ndindex(*counts.shape):
                day = np.datetime64("2019-01-07") + 7 * week
                name = f"V{category:02d}"
                copy.write_row((str(day), name, name, 1, int(counts[week, category]), int(totals[week])))
    build_models(warehouse, "int_voc__category_score", "voc_emerging")
    return rows(
        warehouse,
        "select (week_start_date - date '2019-01-07') / 7, category_code from analytics.voc_emerging where is_emerging",
    )


def overdispersed(random: np.random.Generator, dispersion: float) -> np.ndarray:
    """Negative binomial counts whose variance is `dispersion` times their mean."""
    size = MEANS / (dispersion - 1)
    return random.negative_binomial(size, 1 / dispersion, (WEEKS, CATEGORIES))


@pytest.mark.parametrize("dispersion", [1.0, 3.0])
def test_stable_streams_raise_less_than_one_false_alarm_in_twenty_weeks(
    warehouse: Warehouse, dispersion: float
) -> None:
    random = np.random.default_rng(7)
    counts = random.poisson(MEANS, (WEEKS, CATEGORIES)) if dispersion == 1 else overdispersed(random, dispersion)
    named = judge(warehouse, counts)
    alarmed = len({week for week, _ in named})
    # one in twenty of 300 weeks is 15; two standard deviations of chance above that are 22
    assert alarmed <= 22, f"{alarmed} of {WEEKS - BASELINE} weeks"


def test_a_general_rise_raises_nothing_and_an_outbreak_is_found(warehouse: Warehouse) -> None:
    random = np.random.default_rng(11)
    counts = random.poisson(MEANS, (WEEKS, CATEGORIES))
    counts[100:] = random.poisson(3 * MEANS, (WEEKS - 100, CATEGORIES))
    counts[50, 20] = 4 * counts[42:50, 20].max()
    counts[200, 5] = 25
    named = judge(warehouse, counts)
    assert {(50, "V20"), (200, "V05")} <= set(named)
    assert len({week for week, _ in named}) <= 22 + 2


def test_the_first_weeks_have_no_baseline_and_are_not_judged(warehouse: Warehouse) -> None:
    counts = np.full((BASELINE + 1, 3), 10)
    judge(warehouse, counts)
    assert rows(warehouse, "select distinct (week_start_date - date '2019-01-07') / 7 from analytics.voc_emerging") == [
        (BASELINE,)
    ]
