"""Recommendations after a whole run: for everybody scored, never what is held, and shown by command."""

from __future__ import annotations

from tests.built_company import Company


def test_every_month_that_is_scored_has_clusters_and_recommendations(finished_run: Company) -> None:
    with finished_run.warehouse.connect() as connection:
        months = connection.execute(
            "select snapshot_month, count(*), count(rec_product_1), count(distinct user_cluster)"
            " from analytics.user_recommendation group by snapshot_month order by snapshot_month"
        ).fetchall()
        sizes = connection.execute(
            "select snapshot_month, sum(cluster_size) from analytics.cluster_profile group by 1 order by 1"
        ).fetchall()
        prospects = connection.execute(
            "select count(*), count(rec_contract_1_reason) from analytics.potential_user_recommendation"
        ).fetchone()
    assert [f"{row[0]:%Y-%m}" for row in months] == ["2025-09", "2025-10", "2025-11", "2025-12"]
    for _, customers, with_product, clusters in months:
        assert with_product > 0.8 * customers
        assert clusters >= 2
    assert [(row[0], row[1]) for row in sizes] == [(row[0], row[1]) for row in months]
    assert prospects is not None
    assert prospects[0] == prospects[1] > 0


def test_the_command_shows_offers_with_reasons_and_a_stranger_an_example(finished_run: Company) -> None:
    with finished_run.warehouse.connect() as connection:
        row = connection.execute(
            "select ccod, rec_product_1, rec_product_1_reason from analytics.user_recommendation"
            " where rec_product_1 is not null order by snapshot_month desc, ccod limit 1"
        ).fetchone()
    assert row is not None
    shown = finished_run.bellwether("recommend", row[0].lower())
    assert shown.returncode == 0, shown.stderr
    output = " ".join(shown.stdout.split())
    assert row[1] in output
    assert row[2].split(",")[0] in output.replace(" │ │ │ ", " ")
    stranger = finished_run.bellwether("recommend", "nobody")
    assert stranger.returncode == 1
    assert row[0] in stranger.stderr


def test_the_method_is_chosen_on_the_companys_own_records_and_its_card_published(finished_run: Company) -> None:
    cards = sorted(card.name for card in (finished_run.folders.site / "models").glob("recommender-*.html"))
    assert cards == ["recommender-202509.html", "recommender-202512.html"]
    page = (finished_run.folders.site / "models" / cards[-1]).read_text(encoding="utf-8")
    assert "fitted on the holdings at the end of 2025-06" in page
    assert "Contracts: " in page
    assert "Products: " in page
    with finished_run.warehouse.connect() as connection:
        methods = connection.execute(
            "select distinct method from ml.recommendation where snapshot_month = '2025-12-01' "
            "and subject_kind = 'customer' and item_kind = 'product'"
        ).fetchall()
    assert len(methods) == 1
    assert f"Products: {methods[0][0].replace('_', ' ')}" in page
