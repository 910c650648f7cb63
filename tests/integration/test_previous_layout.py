"""A home of an older version, in which companies shared `models` and `site`, goes on working under the new names."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import DatabaseServer
from tests.integration.test_model_switch import INSERT
from warehouse.connection import Role, Warehouse
from warehouse.database.opening import open_warehouse
from warehouse.previous_layout import adopt_files

BUNDLE = {"manifest.json": b"{}", "model.txt": b"trees"}


def bundle(folder: Path, version: str) -> Path:
    """Write a bundle and its card as the older version did."""
    (folder / version).mkdir(parents=True)
    for name, content in BUNDLE.items():
        (folder / version / name).write_bytes(content)
    (folder / f"{version}.html").write_text("card")
    return folder / version


def register(warehouse: Warehouse, version: str) -> None:
    with warehouse.connect(Role.MODEL) as connection:
        connection.execute(INSERT, ["churn", version])
        path = f"models/churn/{version}"
        connection.execute("update ml.model_version set artifact_path = %s where version = %s", [path, version])


def test_registered_bundles_are_found_under_the_companys_name_and_shared_pages_are_gone(warehouse: Warehouse) -> None:
    home = warehouse.settings.home
    old = home / "models" / "churn"
    bundle(old, "churn-1")
    stranger = bundle(old, "churn-of-nobody")
    for name in ("dbt", "data_docs", "models", "health"):
        (home / "site" / name).mkdir(parents=True)
        (home / "site" / name / "index.html").write_text("of all companies")
    (home / "site" / "index.html").write_text("of all companies")
    register(warehouse, "churn-1")
    for _ in range(2):
        with open_warehouse(warehouse.settings) as opened:
            moved = opened.folders.models / "churn" / "churn-1"
            assert {path.name: path.read_bytes() for path in moved.iterdir()} == BUNDLE
            assert moved.with_name("churn-1.html").read_text() == "card"
            with opened.connect(Role.MODEL) as connection:
                row = connection.execute("select artifact_path from ml.model_version").fetchone()
            assert row is not None
            assert home / row[0] == moved
    assert not (old / "churn-1").exists()
    assert not (old / "churn-1.html").exists()
    assert stranger.is_dir(), "what no registry names is left alone"
    assert list((home / "site").iterdir()) == []


@pytest.mark.parametrize("name", ["churn", "health", "dbt"])
def test_a_company_named_like_an_old_folder_loses_nothing(warehouse: Warehouse, name: str) -> None:
    """A company `churn` keeps its models where the older version kept the bundles of the model `churn`."""
    renamed = Warehouse(warehouse.settings, warehouse.kind, name, warehouse.conninfo)
    bundle(warehouse.settings.home / "models" / "churn", "churn-1")
    register(warehouse, "churn-1")
    assert adopt_files(renamed) == ["churn-1"]
    own = renamed.folders.site / "index.html"
    own.parent.mkdir(parents=True)
    own.write_text("own page")
    assert adopt_files(renamed) == []
    assert (renamed.folders.models / "churn" / "churn-1" / "model.txt").read_bytes() == b"trees"
    assert own.read_text() == "own page"


def test_the_old_bundle_stays_where_another_company_has_run_in_the_home(
    warehouse: Warehouse, embedded_server: DatabaseServer
) -> None:
    """A restored copy registers the same versions: whichever is opened first leaves the other its bundle."""
    copy = embedded_server.create(f"{warehouse.company}_copy", warehouse.settings.home)
    try:
        old = bundle(warehouse.settings.home / "models" / "churn", "churn-1")
        for one in (warehouse, copy):
            register(one, "churn-1")
            one.folders.check_results.mkdir(parents=True)
        assert adopt_files(copy) == ["churn-1"]
        assert old.is_dir()
        assert adopt_files(warehouse) == ["churn-1"]
    finally:
        embedded_server.drop(copy.database)


def test_a_withdrawn_version_is_not_brought_along_but_removed(warehouse: Warehouse) -> None:
    """Its bundle and card may hold words of customers."""
    old = bundle(warehouse.settings.home / "models" / "churn", "churn-1")
    register(warehouse, "churn-1")
    with warehouse.connect(Role.MODEL) as connection:
        connection.execute("update ml.model_version set withdrawal_reason = 'it held names'")
    (warehouse.folders.check_results.parent / "another").mkdir(parents=True)
    assert adopt_files(warehouse) == []
    assert not old.exists()
    assert not warehouse.folders.models.exists()
