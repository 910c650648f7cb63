"""Messages in the whole pipeline: trained on, classified, corrected by a person, trained on again."""

from __future__ import annotations

from typing import Any

import pytest

from tests.built_company import Company
from warehouse.connection import Warehouse

pytestmark = pytest.mark.long(90)


def rows(warehouse: Warehouse, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with warehouse.connect() as connection:
        return connection.execute(query, values or None).fetchall()  # type: ignore[call-overload]


def one(warehouse: Warehouse, query: str, *values: Any) -> Any:
    return rows(warehouse, query, *values)[0][0]


ACTIVE = "select version from ml.model_version where model_name = 'voc' and is_active"


def test_active_version_classifies_each_message_once(built_warehouse: Warehouse) -> None:
    messages = one(built_warehouse, "select count(*) from source.message")
    read = "select count(*) from ml.message_classification where model_version = (" + ACTIVE + ")"
    assert one(built_warehouse, read) == messages > 500
    assert one(built_warehouse, "select count(*) from analytics.voc_message_category") == messages


def test_candidates_are_paths_of_the_tree_with_falling_confidence(built_warehouse: Warehouse) -> None:
    wrong = rows(
        built_warehouse,
        "select candidate.message_id from ml.message_category as candidate"
        " join ml.message_category as above using (message_id, model_version, rank)"
        " join source.voc_category as category on category.voc_id = candidate.voc_id"
        " where above.level = candidate.level - 1"
        " and (category.parent_id <> above.voc_id or candidate.confidence > above.confidence + 1e-12)",
    )
    assert wrong == []
    assert one(built_warehouse, "select max(rank) from ml.message_category") == 5


def test_reasons_and_keywords_quote_the_message(built_warehouse: Warehouse) -> None:
    found = rows(
        built_warehouse,
        "select message.content, candidate.reason from ml.message_category as candidate"
        " join source.message as message on message.id = candidate.message_id"
        " where candidate.reason like 'says %' and candidate.rank = 1 limit 200",
    )
    assert len(found) == 200
    for content, reason in found:
        for quote in reason.split("“")[1:]:
            assert quote.split("”")[0] in content


def test_summary_and_card_show_the_unknown_count(finished_run: Company) -> None:
    assert "messages classified / unknown" in finished_run.output
    version = one(finished_run.warehouse, ACTIVE)
    page = (finished_run.folders.site / "models" / f"{version}.html").read_text(encoding="utf-8")
    assert "Coverage against error rate" in page
    assert version in (finished_run.folders.site / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def corrected(run_to_break: Company) -> tuple[Company, str, str, str]:
    """A message that a person decided through the command, with the version that had read it and the new category."""
    warehouse = run_to_break.warehouse
    version = one(warehouse, ACTIVE)
    number, summary = rows(
        warehouse,
        "select message.rcno, candidate.voc_id from ml.message_category as candidate"
        " join source.message as message on message.id = candidate.message_id"
        " left join source.message_label as label on label.rcno = message.rcno"
        " where candidate.rank = 1 and candidate.level = 3 and label.rcno is null order by message.id limit 1",
    )[0]
    other = one(
        warehouse,
        "select voc_id from source.voc_category where level = 3 and valid_to is null and voc_id <> %s"
        " order by voc_id desc limit 1",
        summary,
    )
    done = run_to_break.bellwether("voc", "review", number, other, "--claim", "--reviewer", "Kim")
    assert done.returncode == 0, done.stdout + done.stderr
    return run_to_break, version, number, other


def test_a_correction_counts_and_teaches_and_rewrites_nothing(corrected: tuple[Company, str, str, str]) -> None:
    company, version, number, category = corrected
    warehouse = company.warehouse
    evaluated = one(warehouse, "select metrics from ml.model_version where version = %s", version)
    shown = company.bellwether("voc", "show", number).stdout
    assert "Kim" in shown
    assert category in shown

    done = company.bellwether("voc", "classify")
    assert done.returncode == 0, done.stdout + done.stderr
    versions = rows(warehouse, "select version from ml.model_version where model_name = 'voc' order by id")
    assert len(versions) == 2, "the label taught a further version"
    assert one(warehouse, "select metrics from ml.model_version where version = %s", version) == evaluated
    rate = rows(
        warehouse,
        "select max(correction_rate) from monitoring.model_health where model_version = %s",
        version,
    )
    assert rate[0][0] == 1.0, "one message was reviewed after it was read, and changed"
    decided = one(
        warehouse,
        "select decided_by || ':' || category_code from intermediate.int_voc__message as message"
        " join source.message as raw on raw.id = message.message_id where raw.rcno = %s",
        number,
    )
    assert decided == f"review:{category}"
    with warehouse.connect() as connection:
        summary = connection.execute(
            "select count(*) from ml.message_classification where model_version = %s", [version]
        ).fetchone()
    assert summary == (one(warehouse, "select count(*) from source.message"),), "its earlier answer is kept"


def test_a_wrong_decision_is_refused_with_the_way_out(corrected: tuple[Company, str, str, str]) -> None:
    company, _, number, _ = corrected
    for arguments, words in (
        (("review", "nobody", "V1"), "There is no message 'nobody'"),
        (("review", number, "V999"), "is not in the tree"),
        (("review", number, "V231"), "ended on"),
    ):
        done = company.bellwether("voc", *arguments)
        assert done.returncode != 0
        assert words in done.stderr + done.stdout


def test_the_newest_decision_counts_and_the_older_one_stays(corrected: tuple[Company, str, str, str]) -> None:
    company, _, number, _ = corrected
    assert company.bellwether("voc", "review", number, "V111").returncode == 0
    history = rows(
        company.warehouse, "select voc_id, reviewer from source.message_label where rcno = %s order by known_at", number
    )
    assert history[0][1] == "Kim"
    assert history[-1][0] == "V111"
    assert "V111" in company.bellwether("voc", "categories").stdout
