"""Three simulated years: drift leads to retraining, poisoned labels are rejected, a worse version is rolled back.

The world, the months and the figures are those of `bench.simulated_year`; here is what they have to come to. Everything
runs through the product's own assets, jobs and sensors; nobody calls a promotion.
"""

from __future__ import annotations

import os
import re
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import pandas as pd
import pytest

from bench.simulated_year import PLANS, live, live_shared_months
from bench.year_figures import Year, finish
from bench.year_report import report
from dagster_app.lib.site.health_page import write_health_pages
from tests.built_company import environment_of
from tests.conftest import DatabaseServer, _home_on
from warehouse.database.companies import PREFIX

# the first story lives the months that all share
pytestmark = [pytest.mark.long(240), pytest.mark.timeout(1800)]


@dataclass(frozen=True)
class Lived:
    """A year that is over, and the health page written then."""

    year: Year
    page: str

    def shows(self, version: str, day: date) -> bool:
        """Whether the page has measured figures of a version's month."""
        row = re.search(rf'<tr data-version="{version}" data-month="{day}">(.*?)</tr>', self.page, re.DOTALL)
        return row is not None and re.search(r'class="model auc">0?\.[0-9]', row.group(1)) is not None


@pytest.fixture(scope="module")
def live_year(
    embedded_server: DatabaseServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Lived]]:
    """Live one of the plans, in a copy of the company whose first months it shares with others."""
    home = _home_on(embedded_server, tmp_path_factory.mktemp("year") / "home")
    tag = uuid.uuid4().hex[:8]
    steady = embedded_server.create(f"steady{tag}", home)
    made = [steady.database]

    def name_of(name: str) -> str:
        made.append(f"{PREFIX}{name}{tag}")
        return f"{name}{tag}"

    def lived(name: str) -> Lived:
        warehouse = live(shared, name_of(name), next(plan for plan in PLANS if plan.name == name))
        year = finish(warehouse)
        sys.stdout.write(report(name, year))
        return Lived(year, write_health_pages(warehouse, home / name).page.read_text(encoding="utf-8"))

    with pytest.MonkeyPatch.context() as patch:
        environment = environment_of(steady)
        for variable in [one for one in os.environ if one.startswith(("BELLWETHER_", "DAGSTER_"))]:
            patch.delenv(variable)
        for variable, value in environment.items():
            patch.setenv(variable, value)
        shared = live_shared_months(steady, name_of)
        yield lived
    for database in made:
        embedded_server.drop(database)


def served(year: Year) -> list[str]:
    """Versions in the order in which they served, from labelled scores."""
    versions = year.months()["version"]
    return versions[versions != versions.shift()].tolist()


def measured(year: Year, version: str) -> set[date]:
    """As-of dates for which the mart of monthly performance shows a version's AUC and calibration error."""
    mine = year.performance[year.performance["model_version"] == version]
    both = mine.groupby("as_of_date")["metric_name"].nunique() == 2
    return set(both.index[both])


def promoted(year: Year) -> pd.DataFrame:
    return year.attempts[year.attempts["promoted"]]


def test_drift_leads_to_an_automatic_promotion(live_year: Callable[[str], Lived]) -> None:
    lived = live_year("drift")
    year = lived.year
    assert "DRIFT" in set(year.alerts["alert_type"])
    assert "MODEL_ROLLED_BACK" not in set(year.alerts["alert_type"])
    retrained = promoted(year)
    assert set(retrained["trigger_kind"]) & {"drift", "decay"}, "the alert itself requested the production version"
    assert served(year)[0] == year.frozen
    later = year.rows[year.rows["version"] != year.frozen]
    assert later["as_of_date"].nunique() >= 2, "months after the promotion have labels"
    quality = year.quality(later)
    assert quality.auc_difference.lower > 0.05
    assert quality.error < quality.frozen_error
    for version in (year.frozen, *served(year)[1:]):
        days = measured(year, version) & set(later["as_of_date"])
        assert days
        assert all(lived.shows(version, day) for day in days), "the page shows both, month by month"
    assert "passed: improves ROC AUC" in lived.page
    assert year.watch["is_within_band"].all()


def test_nothing_is_promoted_on_poisoned_labels(live_year: Callable[[str], Lived]) -> None:
    lived = live_year("poison")
    year = lived.year
    assert promoted(year).empty
    assert served(year) == [year.frozen]
    refusals = "\n".join(year.attempts["verdict"].dropna())
    assert "labels are implausible, 2025-07" in refusals, "a tenth of the labels of July was turned round"
    assert "labels are implausible, 2025-09" in refusals, "every label of September is 1"
    assert year.attempts["reasons"].dropna().map(len).gt(0).any(), "with its reasons on record"
    assert "labels are implausible, 2025-09" in lived.page


def test_what_is_good_in_the_gate_and_bad_live_is_taken_back_once(live_year: Callable[[str], Lived]) -> None:
    lived = live_year("bad_live")
    year = lived.year
    returned = year.watch[year.watch["rolled_back_to"].notna()]
    bad = set(returned["model_version"])
    assert len(bad) == 1
    assert set(returned["rolled_back_to"]) == {year.frozen}
    assert served(year) == [year.frozen, *bad], "labelled months: the bad one, until its labels were in"
    gate = year.attempts[year.attempts["shadow_model_version"].isin(bad)]
    assert gate["verdict"].str.startswith("passed").any(), "it had passed the gate"
    live_rows = year.rows[year.rows["version"].isin(bad)]
    assert year.quality(live_rows).auc_difference.upper < 0
    assert (year.alerts["alert_type"] == "MODEL_ROLLED_BACK").sum() == 1
    assert len(promoted(year)) == 1, "the cool-down lets nothing swing back"
    assert "left its tolerance band" in lived.page
    assert all(lived.shows(version, date(2025, 11, 1)) for version in (year.frozen, *bad))
