"""It is one company: fees, invoices, ledger, messages and contracts agree to the won."""

from __future__ import annotations

import orjson
import polars as pl

from tests.unit.warehouse.sample.conftest import Package


def issued(package: Package) -> pl.DataFrame:
    return package.parquet("invoices/*.parquet").filter(pl.col("status") == "pending")


def test_revenue_is_the_sum_of_the_invoices(package: Package) -> None:
    ledger = package.csv("ledger/*.csv").filter(pl.col("category") == "revenue")
    booked = {row["entry_code"][4:]: row["value"] for row in ledger.iter_rows(named=True)}
    invoiced = issued(package).group_by(pl.col("issued_date").str.slice(0, 7)).agg(pl.col("amount").sum())
    assert booked == dict(invoiced.iter_rows())
    assert sum(booked.values()) > 0


def test_cash_flow_is_revenue_minus_expense(package: Package) -> None:
    ledger = package.csv("ledger/*.csv").with_columns(pl.col("timestamp").str.slice(0, 7).alias("month"))
    sign = pl.col("category").replace_strict({"revenue": 1, "expense": -1, "cash_flow": -1})
    assert set(ledger.group_by("month").agg((pl.col("value") * sign).sum())["value"]) == {0}


def test_an_invoice_is_the_sum_of_the_fees_in_force_on_its_day(package: Package) -> None:
    invoices = {
        (row["customer_code"], row["issued_date"]): row["amount"] for row in issued(package).iter_rows(named=True)
    }
    compared = 0
    paused_before: set[str] = set()
    for path in sorted(package.folder.glob("snapshots/*.parquet")):
        paused: set[str] = set()
        for row in pl.read_parquet(path).iter_rows(named=True):
            day = row["snapshot_month"][:8] + "05"
            contracts = orjson.loads(row["contract_info"])["contracts"]
            if any(contract["status"] == "suspended" for contract in contracts):
                paused.add(row["ccod"])
            due = sum(
                contract["monthly_fee"]
                for contract in contracts
                if contract["started_on"] <= day and (contract["ended_on"] or "9999") > day
            )
            if row["ccod"] not in paused | paused_before:
                assert invoices.get((row["ccod"], day), 0) == due
                compared += due > 0
            elif row["ccod"] in paused:
                assert (row["ccod"], day) not in invoices
        paused_before = paused
    assert compared > 500


def test_a_payment_is_later_knowledge_of_the_same_invoice(package: Package) -> None:
    versions = package.parquet("invoices/*.parquet")
    first = issued(package)
    paid = versions.filter(pl.col("status") == "paid")
    assert first["invoice_number"].is_unique().all()
    assert paid["invoice_number"].is_unique().all()
    both = paid.join(first, on="invoice_number", suffix="_issued")
    assert both.height == paid.height
    assert (both["known_at"] > both["known_at_issued"]).all()
    assert (both["amount"] == both["amount_issued"]).all()
    assert (both["known_at"].str.slice(0, 10) > both["paid_date"]).all()


def test_versions_come_in_the_file_of_the_month_in_which_they_became_known(package: Package) -> None:
    for path in package.folder.glob("invoices/*.parquet"):
        months = pl.read_parquet(path)["known_at"].str.slice(0, 7).unique()
        assert months.to_list() == [path.stem[-7:]]


def test_messages_and_invoices_belong_to_known_customers(package: Package) -> None:
    customers = package.csv("customers.csv.gz")
    joined = dict(customers.select("customer_code", "joined_on").iter_rows())
    assert customers["email"].is_unique().all()
    assert customers["phone"].is_unique().all()
    messages = package.parquet("messages/*.parquet")
    assert messages["rcno"].is_unique().all()
    assert all(at >= joined[code] for code, at in messages.select("ccod", "received_at").iter_rows())
    assert set(issued(package)["customer_code"]) <= set(joined)
    assert all(row["ccod"] in joined for row in package.parquet("snapshots/*.parquet").iter_rows(named=True))
