"""What the dbt models promise to someone who reads them: layers that point forward, grain, key, descriptions."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

MODELS = Path(__file__).resolve().parents[2] / "dbt_project" / "models"

# The order of the flow. Scores come back from Python as a source: what reads them stands behind the features.
STAGES = (
    ("staging",),
    ("intermediate/customer", "intermediate/outcomes"),
    ("marts/features",),
    ("intermediate/risk", "intermediate/voice_of_customer", "intermediate/monitoring", "intermediate/recommendation"),
    ("marts/retention", "marts/models", "marts/monitoring", "marts/voice_of_customer", "marts/recommendation"),
)
# Where the names of models shorten the folder's: the documented relations are called so.
SHORT_NAMES = {"voice_of_customer": "voc"}
# Raw tables that a model above staging reads directly, each for the reason given.
DIRECT_SOURCES = {
    "int_monitoring__check_state": "the monitors' own core table, written for this schema",
    "int_risk__target_economics": "the one row that names the company's currency",
}
# Models of which neither a test nor the description names the key, each for the reason given. Only ever shorter.
KEYS_OF_ANOTHER = {
    "int_customer__activity": "one row for each row of base_deskroom__snapshot, whose key is tested",
    "int_customer__features": "one row for each row of int_customer__spine, whose key is tested",
    "int_customer__service_features": "one row for each row of base_deskroom__snapshot, whose key is tested",
    "int_outcomes__data_horizon": "one row",
    "stg_deskroom__csi_survey": "the source numbers no surveys",
}


@cache
def models() -> dict[str, Path]:
    """SQL file of each model by name."""
    return {path.stem: path for path in sorted(MODELS.rglob("*.sql"))}


@cache
def described(name: str) -> dict[str, Any]:
    """What the YAML beside a model says of it; empty where there is none."""
    path = models()[name].with_suffix(".yml")
    entries = yaml.safe_load(path.read_text())["models"] if path.exists() else []
    return next((entry for entry in entries if entry["name"] == name), {})


def folder(name: str) -> str:
    return models()[name].parent.relative_to(MODELS).as_posix()


def stage(name: str) -> int:
    """Place of a model in the flow.

    Raises
    ------
    AssertionError
        If its folder is in none of the stages.
    """
    for place, folders in enumerate(STAGES):
        if any(folder(name) == item or folder(name).startswith(f"{item}/") for item in folders):
            return place
    raise AssertionError(f"{folder(name)} has no place in the flow: add it to STAGES")


def references(name: str) -> list[str]:
    found = re.findall(r"ref\('(\w+)'\)", models()[name].read_text())
    return [item for item in found if item in models()]


def test_layers_point_forward_only() -> None:
    backwards = [(name, ref) for name in models() for ref in references(name) if stage(ref) > stage(name)]
    assert not backwards


def test_raw_tables_are_read_by_staging_only() -> None:
    readers = {name for name, path in models().items() if re.search(r"source\('", path.read_text())}
    assert {name for name in readers if stage(name) > 0} == set(DIRECT_SOURCES)


def test_model_names_hold_layer_and_subject() -> None:
    prefixes = {"staging": "stg_{}__", "base": "base_{}__", "intermediate": "int_{}__"}
    wrong = []
    for name in models():
        layer, subject = folder(name).split("/")[:2]
        layer = "base" if folder(name).endswith("/base") else layer
        if layer in prefixes and not name.startswith(prefixes[layer].format(SHORT_NAMES.get(subject, subject))):
            wrong.append(name)
    assert not wrong


def test_every_model_has_its_yaml_beside_it_with_grain_and_described_columns() -> None:
    wrong = {}
    for name in models():
        entry = described(name)
        columns = entry.get("columns", [])
        if "grain" not in entry.get("description", "").lower():
            wrong[name] = "no YAML beside it, or no grain in its description"
        elif not columns or any(not column.get("description") for column in columns):
            wrong[name] = "columns without a description"
    assert not wrong


def test_every_source_table_names_its_grain_and_describes_its_columns() -> None:
    for path in MODELS.rglob("*sources.yml"):
        for table in (item for source in yaml.safe_load(path.read_text())["sources"] for item in source["tables"]):
            assert table.get("description"), f"{path.name}: describe {table['name']}"
            bare = [column["name"] for column in table.get("columns", []) if not column.get("description")]
            assert table.get("columns"), f"{path.name}: list the columns of {table['name']}"
            assert not bare, f"{path.name}: describe the columns of {table['name']}: {bare}"


def test_every_model_names_or_tests_its_key() -> None:
    without = set()
    for name in models():
        entry = described(name)
        tests = [entry.get("data_tests"), [column.get("data_tests") for column in entry.get("columns", [])]]
        if not re.search(r"unique", str(tests)) and "Key:" not in entry.get("description", ""):
            without.add(name)
    assert without == set(KEYS_OF_ANOTHER)


def test_monthly_models_and_documented_marts_enforce_their_contract_and_name_their_indexes() -> None:
    for name, path in models().items():
        text = path.read_text()
        if "materialized='monthly'" in text:
            assert "month_column=" in text, name
            assert re.search(r"'name': 'idx_\w+'", text), f"{name}: name its indexes"
        if folder(name) == "marts/features":
            assert described(name)["config"]["contract"]["enforced"], name
            assert all("data_type" in column for column in described(name)["columns"]), name


def needs_a_worked_example(name: str) -> bool:
    """Whether a model of customers, or one with a window, a case or money: where mistakes hide."""
    if folder(name) == "intermediate/customer":
        return True
    sql = re.sub(r"--[^\n]*", "", models()[name].read_text())
    return folder(name).startswith("intermediate/") and bool(
        re.search(r"\bover\s*\(|\bcase\b|\b\w*(amount|margin|fee|cost)\b", sql)
    )


def test_models_with_windows_cases_or_money_are_worked_by_hand() -> None:
    tested = {
        test["model"]
        for path in MODELS.rglob("*__unit_tests.yml")
        for test in yaml.safe_load(path.read_text())["unit_tests"]
    }
    assert not {name for name in models() if needs_a_worked_example(name)} - tested


def test_unit_tests_are_next_to_their_model() -> None:
    """A file may work the models next to its own too, where they make one story."""
    for path in MODELS.rglob("*__unit_tests.yml"):
        tested = {test["model"] for test in yaml.safe_load(path.read_text())["unit_tests"]}
        assert path.stem.removesuffix("__unit_tests") in tested, path.name
        assert {models()[name].parent for name in tested} == {path.parent}, path.name
