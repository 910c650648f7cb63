"""Each switch changes what it says, and nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import orjson
import polars as pl
import pytest

from tests.unit.warehouse.sample.conftest import SMALL, Package
from tests.unit.warehouse.sample.test_generation import hashes
from warehouse.packages.documents import inspect_document
from warehouse.packages.package import DataPackage
from warehouse.sample import DeliveryFault, DriftSwitch, Driver, SampleOptions, faults, generate
from warehouse.sample.timeline import Timeline

DRIFT_MONTH = date(2025, 10, 1)


def with_faults(tmp_path: Path, *faults: DeliveryFault) -> Package:
    options = SampleOptions(customers=SMALL.customers, months=SMALL.months, faults=faults)
    return Package(generate(tmp_path / "faulty", options), options)


def changed(package: Package, other: Package) -> set[str]:
    """Files that differ, the description and the receipt left out."""
    left, right = hashes(package.folder), hashes(other.folder)
    names = {name for name in left.keys() | right.keys() if left.get(name) != right.get(name)}
    return names - {"package.yml", "generated.json"}


@pytest.mark.parametrize("driver", list(Driver))
def test_a_drift_changes_no_month_before_it(package: Package, tmp_path: Path, driver: Driver) -> None:
    options = SampleOptions(
        customers=SMALL.customers, months=SMALL.months, drift=DriftSwitch(DRIFT_MONTH, driver, sigma=1.0)
    )
    files = changed(package, Package(generate(tmp_path / "drifted", options), options))
    assert files
    assert all(Path(name).name.split(".")[0][-7:] >= "2025-10" for name in files)


def test_a_drift_of_the_answers_moves_the_scores_alone(package: Package, tmp_path: Path) -> None:
    options = SampleOptions(
        customers=SMALL.customers, months=SMALL.months, drift=DriftSwitch(DRIFT_MONTH, Driver.CSI_SCORE, sigma=-1.0)
    )
    drifted = Package(generate(tmp_path / "drifted", options), options)
    assert all(name.startswith("snapshots/") for name in changed(package, drifted))

    def scores(of: Package) -> pl.Series:
        texts = of.parquet("snapshots/*2025-12.parquet")["interaction_history"]
        return pl.Series([survey["score"] for text in texts for survey in orjson.loads(text)["csi"]])

    before, after = scores(package), scores(drifted)
    assert len(before) == len(after)
    assert float(after.mean()) < float(before.mean()) - 0.1


def test_unhappier_customers_complain_more(package: Package, tmp_path: Path) -> None:
    drift = DriftSwitch(DRIFT_MONTH, Driver.SATISFACTION, sigma=-1.5)
    options = SampleOptions(customers=SMALL.customers, months=SMALL.months, drift=drift)
    drifted = Package(generate(tmp_path / "drifted", options), options)
    name = "messages/messages_2025-10.parquet"
    assert drifted.parquet(name).height > package.parquet(name).height


def test_duplicates_repeat_rows_of_one_file(package: Package, tmp_path: Path) -> None:
    faulty = with_faults(tmp_path, DeliveryFault.DUPLICATES)
    (name,) = changed(package, faulty)
    rows, clean = faulty.parquet(name), package.parquet(name)
    assert rows.height > clean.height
    assert rows.unique().height == clean.height


def test_broken_documents_are_what_the_loader_rejects(
    package: Package, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faults, "BROKEN_SHARE", 0.3)
    faulty = with_faults(tmp_path, DeliveryFault.BROKEN_DOCUMENTS)
    name = "snapshots/user_monthly_features_2025-09.parquet"
    assert changed(package, faulty) == {name}
    before, after = package.parquet(name)["interaction_history"], faulty.parquet(name)["interaction_history"]
    broken = [text for text, was in zip(after, before, strict=True) if text != was]
    reasons = [inspect_document("interaction_history", text)[0] for text in broken]
    assert all(reasons)
    assert len({str(reason)[:28] for reason in reasons}) == 3


def test_a_missing_month_is_missing_alone(package: Package, tmp_path: Path) -> None:
    faulty = with_faults(tmp_path, DeliveryFault.MISSING_MONTHS)
    (name,) = changed(package, faulty)
    assert not (faulty.folder / name).exists()
    DataPackage.read(faulty.folder)


@pytest.mark.parametrize("months", [4, 6, 7, 8, 9])
def test_every_fault_at_once_gives_a_package_that_can_be_read(tmp_path: Path, months: int) -> None:
    options = SampleOptions(customers=20, months=months, faults=tuple(DeliveryFault))
    DataPackage.read(generate(tmp_path / "faulty", options))


def test_a_missing_month_is_never_one_that_comes_late() -> None:
    for months in range(3, 61):
        options = SampleOptions(months=months)
        plan = faults.FaultPlan(options, Timeline(options.end_month, months))
        missing = plan.month_of(DeliveryFault.MISSING_MONTHS)
        assert missing not in {plan.month_of(DeliveryFault.LATE_FILES), plan.month_of(DeliveryFault.LATE_CORRECTIONS)}
        assert plan.timeline.label(missing) >= plan.timeline.label(plan.timeline.months - months)


def test_a_late_file_is_the_same_file_known_later(package: Package, tmp_path: Path) -> None:
    faulty = with_faults(tmp_path, DeliveryFault.LATE_FILES)
    before, after = sorted(changed(package, faulty), reverse=True)
    assert hashes(faulty.folder)[after] == hashes(package.folder)[before]
    late = next(entry for entry in DataPackage.read(faulty.folder).files if entry.pattern == after)
    assert late.known_at is not None
    assert late.known_at.constant == "2025-12-21T09:00:00+09:00"


def test_corrections_come_as_files_of_their_own_known_later(package: Package, tmp_path: Path) -> None:
    faulty = with_faults(tmp_path, DeliveryFault.LATE_CORRECTIONS)
    names = sorted(changed(package, faulty))
    assert [name.split("/")[0] for name in names] == ["corrections_late", "corrections_soon"]
    original = package.parquet(f"snapshots/{Path(names[0]).name}")
    corrected = pl.concat([faulty.parquet(name) for name in names])
    both = corrected.join(original, on=["ccod", "snapshot_month"], suffix="_before")
    assert both.height == corrected.height > 0
    assert (both["interaction_history"] != both["interaction_history_before"]).all()
    assert both["ccod"].is_unique().all()


@pytest.mark.parametrize(
    "text", ["month=2025-07", "month=x,driver=concept,sigma=1", "a=1,month=2025-07,driver=concept,sigma=1", "?"]
)
def test_invalid_drift_option_shows_the_format(text: str) -> None:
    with pytest.raises(ValueError, match="write it as month=2025-07"):
        DriftSwitch.parse(text)
