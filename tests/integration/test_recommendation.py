"""Prospects loaded, a month recommended, the marts over it: true reasons, nothing held, months replaced whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from dagster_app.lib.recommendation.method_choice import choose, judged_month
from dagster_app.lib.recommendation.store import recommend_month, replace_recommendations
from expectations.run import run_suite
from tests.conftest import DatabaseServer
from tests.contract.walk import inventory, walk
from tests.dbt_builds import build_models
from warehouse.connection import Role, Warehouse
from warehouse.loading.load import load_package
from warehouse.packages.package import DataPackage
from warehouse.sample.generate import generate
from warehouse.sample.options import SampleOptions

MONTHS = (date(2025, 11, 1), date(2025, 12, 1))
MODELS = ("int_recommendation__*", "user_recommendation", "potential_user_recommendation", "cluster_profile")


@pytest.fixture(scope="module")
def company(embedded_server: DatabaseServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A sample company of four hundred customers, recommended for two months, its marts built and tested by dbt."""
    folder = tmp_path_factory.mktemp("recommendation")
    warehouse = embedded_server.create("recommendation", folder)
    package = generate(folder / "package", SampleOptions(customers=400, months=3, end_month=date(2025, 12, 1)))
    load_package(warehouse, DataPackage.read(package))
    build_models(warehouse, "+customer_features", "+int_recommendation__customer", "int_recommendation__holding")
    build_models(warehouse, "stg_deskroom__potential_user", "stg_deskroom__industry_code")
    for month in MONTHS:
        recommend_and_write(warehouse, month)
    build_models(warehouse, "stg_ml__*", "stg_crm__customer")
    build_models(warehouse, *MODELS, with_tests=True)
    yield warehouse
    embedded_server.drop(warehouse.database)


def recommend_and_write(warehouse: Warehouse, month: date) -> dict[str, int]:
    with warehouse.connect(Role.MODEL) as connection:
        return replace_recommendations(connection, month, recommend_month(connection, month), "test").rows


def rows(warehouse: Warehouse, query: str) -> list[tuple]:
    with warehouse.connect() as connection:
        return connection.execute(query).fetchall()


def test_a_month_is_replaced_whole_and_running_it_twice_changes_nothing(company: Warehouse) -> None:
    query = (
        "select subject_kind, subject_key, item_kind, rank, item_code, reason, evidence::text "
        "from ml.recommendation where snapshot_month = '2025-12-01' order by 1, 2, 3, 4"
    )
    before = rows(company, query)
    written = recommend_and_write(company, MONTHS[1])
    assert rows(company, query) == before
    assert written["ml.recommendation"] == len(before) > 0


def test_clusters_keep_their_numbers_over_the_months(company: Warehouse) -> None:
    overlaps = rows(company, "select matched_overlap from ml.cluster where snapshot_month = '2025-12-01'")
    assert sum(overlap is not None and overlap > 0.5 for (overlap,) in overlaps) >= 1
    same = rows(
        company,
        "select avg((one.cluster_id = two.cluster_id)::int) from ml.customer_cluster as one "
        "join ml.customer_cluster as two using (subject_kind, subject_key) where subject_kind = 'customer' "
        "and one.snapshot_month = '2025-11-01' and two.snapshot_month = '2025-12-01'",
    )
    assert float(same[0][0]) > 0.7


def test_a_false_reason_is_found(company: Warehouse) -> None:
    with company.connect(Role.OWNER) as connection:
        connection.execute(
            "update ml.recommendation set evidence = jsonb_set(evidence, '{hold}', '0') where id = "
            "(select min(id) from ml.recommendation)"
        )
        query = "select count(*) from intermediate.int_recommendation__recount where claimed_hold <> hold_count"
        assert connection.execute(query).fetchone() == (1,)
        connection.rollback()


@pytest.mark.parametrize("suite", ["ml.recommendation", "analytics.user_recommendation"])
def test_the_expectations_hold(company: Warehouse, suite: str) -> None:
    for month in MONTHS:
        report = run_suite(company, suite, f"{month:%Y-%m-%d}")
        assert report.passed, report


def test_an_offer_that_is_held_already_is_found_with_its_reason(company: Warehouse) -> None:
    change = (
        "update ml.recommendation as one set item_code = held.item_code from intermediate.int_recommendation__holding "
        "as held where one.snapshot_month = '2025-12-01' and one.subject_kind = 'customer' and one.rank = 1 "
        "and held.snapshot_month = one.snapshot_month and held.customer_code = one.subject_key "
        "and held.item_kind = one.item_kind and one.id = (select min(id) from ml.recommendation as any_one "
        "join intermediate.int_recommendation__holding as any_held on any_held.snapshot_month = any_one.snapshot_month "
        "and any_held.customer_code = any_one.subject_key and any_held.item_kind = any_one.item_kind "
        "where any_one.snapshot_month = '2025-12-01' and any_one.rank = 1)"
    )
    with company.connect(Role.OWNER) as connection:
        connection.execute(change)
    report = run_suite(company, "ml.recommendation", "2025-12-01")
    recommend_and_write(company, MONTHS[1])
    assert not report.passed
    assert "the customer holds it already" in str(report)


def test_without_half_a_year_of_holdings_the_method_chosen_on_public_purchases_stands(company: Warehouse) -> None:
    with company.connect(Role.MODEL) as connection:
        choice = choose(connection, judged_month(MONTHS[1]))
    assert choice.methods == {"contract": "lift", "product": "lift"}
    assert "0 customers adopted an item" in choice.by_kind["product"].reason


@pytest.mark.parametrize(
    ("month", "quarter"), [((2025, 11), (2025, 9)), ((2025, 12), (2025, 12)), ((2026, 1), (2025, 12))]
)
def test_a_month_is_judged_by_the_latest_quarter_that_is_over(month: tuple[int, int], quarter: tuple[int, int]) -> None:
    assert judged_month(date(*month, 1)) == date(*quarter, 1)


def test_every_customer_and_prospect_has_its_row(company: Warehouse) -> None:
    counted = rows(
        company,
        "select (select count(*) from analytics.user_recommendation), "
        "(select count(*) from intermediate.int_recommendation__customer where snapshot_month >= '2025-11-01'), "
        "(select count(*) from analytics.potential_user_recommendation), "
        "(select count(*) from staging.stg_deskroom__potential_user where snapshot_month >= '2025-11-01')",
    )[0]
    assert counted[0] == counted[1] > 0
    assert counted[2] == counted[3] > 0


def test_the_most_similar_customers_name_is_masked_for_analysts(company: Warehouse) -> None:
    with company.connect(Role.ANALYST) as connection:
        found = connection.execute(
            "select distinct right(sim_user_name, 2) from analytics.user_recommendation"
        ).fetchall()
    assert found == [("**",)]


def test_the_documented_names_answer(company: Warehouse) -> None:
    documented = {
        "source.potential_user",
        "analytics.user_recommendation",
        "analytics.potential_user_recommendation",
        "analytics.cluster_profile",
    }
    systems = [
        {
            "system": one["system"],
            "relations": [each for each in one.get("relations", []) if each["relation"] in documented],
        }
        for one in inventory()
    ]
    assert sum(len(one["relations"]) for one in systems) == len(documented)
    with company.connect() as connection:
        assert walk(connection, systems) == []


def test_c31_both_spellings_of_the_company_name_are_equal(company: Warehouse) -> None:
    query = "select count(*), count(*) filter (where enp_nm = enp_np) from analytics.potential_user_recommendation"
    total, equal = rows(company, query)[0]
    assert total == equal > 0


def test_c40_a_cluster_is_named_by_month_and_number_and_a_prospect_by_place(company: Warehouse) -> None:
    joined = rows(
        company,
        "select count(*), count(cluster.cluster_id) from analytics.user_recommendation as one left join "
        "analytics.cluster_profile as cluster on one.snapshot_month = cluster.snapshot_month "
        "and one.user_cluster = cluster.cluster_id",
    )[0]
    assert joined[0] == joined[1] > 0
    shared = rows(
        company,
        "select count(*) from (select bzno from analytics.potential_user_recommendation "
        "where snapshot_month = '2025-12-01' group by bzno having count(*) > 1) as shared",
    )
    assert shared[0][0] > 0, "a business number may have several places of business"
