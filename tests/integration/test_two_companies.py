"""Two companies run in one home: pages, cards, Data Docs and alerts of one show nothing of the other."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.docs import published_site
from tests.built_company import Company, environment_of
from warehouse.connection import Role
from warehouse.database.companies import embedded_warehouse
from warehouse.errors import BellwetherError
from warehouse.sample import SampleOptions, generate
from warehouse.settings import Settings

NAME = "second_company_ltd"


@dataclass(frozen=True)
class Home:
    """Two companies in one home, and the files of the first as they were before the second was run."""

    first: Company
    second: Company
    before: dict[Path, bytes]


def contents(company: Company) -> dict[Path, bytes]:
    """Every file that the company owns in the home."""
    folders = company.folders
    owned = (folders.site, folders.models, folders.outbox, folders.check_results, folders.dagster)
    return {path: path.read_bytes() for folder in owned for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def home(run_to_break: Company, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Run a second, smaller company with customers of other names in the home of a finished run."""
    if run_to_break.warehouse.kind == "external":
        pytest.skip("a server of one's own holds one company")
    settings = Settings(home=run_to_break.home, company=NAME)
    warehouse = embedded_warehouse(settings, settings.company)
    second = Company(warehouse, environment_of(warehouse))
    package = generate(tmp_path_factory.mktemp("second") / "package", SampleOptions(customers=150, months=16, seed=11))
    definition = package / "package.yml"
    text = re.sub(r"(?m)^company: .*", f"company: {NAME}", definition.read_text(encoding="utf-8"))
    definition.write_text(text, encoding="utf-8")
    before = contents(run_to_break)
    second.run("--package", str(package))
    return Home(run_to_break, second, before)


def versions(company: Company) -> set[str]:
    with company.warehouse.connect(Role.MODEL) as connection:
        return {row[0] for row in connection.execute("select version from ml.model_version").fetchall()}


def pages(company: Company) -> dict[str, str]:
    site = company.folders.site
    return {
        path.relative_to(site).as_posix(): path.read_text(encoding="utf-8")
        for path in site.rglob("*.html")
        if path.parent.name != "dbt"  # dbt's own page describes the project, which is the same for both
    }


def test_nothing_of_the_first_company_changes_when_the_second_is_run(home: Home) -> None:
    assert len(home.before) > 50
    assert contents(home.first) == home.before


def test_pages_name_their_own_company_and_show_nothing_of_the_other(home: Home) -> None:
    first, second = pages(home.first), pages(home.second)
    assert {"index.html", "health/index.html", "data_docs/index.html"} <= first.keys() & second.keys()
    assert NAME in second["index.html"]
    assert not any(NAME in page for page in first.values())
    for shown, other in ((first, home.second), (second, home.first)):
        text = "\n".join(shown.values())
        strange = versions(other) - versions(home.first if other is home.second else home.second)
        assert strange
        assert not [version for version in strange if version in text]


def test_cards_are_those_of_the_registry_and_of_the_companys_own_recommender(home: Home) -> None:
    for company in (home.first, home.second):
        cards = {path.stem for path in (company.folders.site / "models").glob("*.html")}
        recommender = {name for name in cards if name.startswith("recommender-")}
        assert cards - recommender == versions(company)
        assert recommender
        for name in recommender:
            published = (company.folders.site / "models" / f"{name}.html").read_bytes()
            assert published == (company.folders.models / "recommender" / f"{name}.html").read_bytes()
    shared = {path.name for path in (home.first.folders.site / "models").glob("recommender-*.html")} & {
        path.name for path in (home.second.folders.site / "models").glob("recommender-*.html")
    }
    assert shared, "both chose for the same quarter"
    for name in shared:
        assert len({(one.folders.site / "models" / name).read_bytes() for one in (home.first, home.second)}) == 2


def test_data_docs_show_the_counts_of_their_own_company(home: Home) -> None:
    for company in (home.first, home.second):
        with company.warehouse.connect(Role.LOADER) as connection:
            row = connection.execute("select count(*) from crm.customer").fetchone()
        assert row is not None
        result = json.loads((company.folders.check_results / "crm.customer" / "all.json").read_text())
        counted = [
            one["result"]["observed_value"]
            for one in result["results"]
            if one["expectation_config"]["type"] == "expect_table_row_count_to_be_between"
        ]
        assert counted == [row[0]]
        page = (company.folders.site / "data_docs" / "crm.customer" / "all.html").read_text()
        assert re.search(rf"\b{row[0]}\b", page)


def test_each_company_has_its_own_file_of_alerts_with_every_alert_that_is_marked_sent(home: Home) -> None:
    counts = []
    for company in (home.first, home.second):
        with company.warehouse.connect(Role.MODEL) as connection:
            sent = connection.execute("select message from ml.alert where was_sent order by message").fetchall()
        path = company.folders.outbox / "alerts.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if sent else []
        assert sorted(json.loads(line)["message"] for line in lines) == [row[0] for row in sent]
        counts.append(len(sent))
    assert counts[0] > 0, "the first company has customers at high risk"


def test_docs_serves_the_company_that_was_named(home: Home) -> None:
    for company in (home.first, home.second):
        settings = Settings(home=company.home, company=company.folders.company)
        assert published_site(settings) == company.folders.site
    with pytest.raises(BellwetherError, match="No pages have been published yet for the company 'third'") as refused:
        published_site(Settings(home=home.first.home, company="third"))
    assert home.first.folders.company in str(refused.value.remedy)
