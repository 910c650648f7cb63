"""Known labels and cohorts of payment default do not change with later records."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.dbt_builds import build_models
from tests.risk_world import MONTHS, insert_company
from warehouse.connection import Role, Warehouse

# Issued on the 5th, due on the 25th. Every month C1 pays on the 20th, C2 thirty days late, C3 never and C4 ten days
# late; each payment is known the day after.
INVOICES = """
with issued as (
  select 'C' || i as customer_code, month::date + 4 as issued_date, month::date + 24 as due_date,
    case i when 1 then month::date + 19 when 2 then month::date + 54 when 4 then month::date + 34 end as paid_date
  from generate_series(1, 4) as i, generate_series(timestamp '2025-01-01', timestamp '2025-12-01', '1 month') as month
),
version as (
  select *, null::date as known_paid, 'pending' as status, issued_date as known from issued
  union all
  select *, paid_date, 'paid', paid_date + 1 from issued where paid_date is not null
)
insert into collections.payment_records (invoice_number, customer_code, amount, currency, issued_date, due_date,
  paid_date, status, known_at, content_hash, batch_id)
select 'I' || customer_code || issued_date, customer_code, 100, 'KRW', issued_date, due_date, known_paid, status,
  known::timestamp at time zone 'Asia/Seoul', md5(customer_code || issued_date || status), 1
from version where known < date '2026-01-01'
"""
# known by 1 September: labels as of 1 July at the latest (due in July, mature on 29 August)
KNOWN = """
select customer_code, as_of_date::text, label, known_at::text from intermediate.int_outcomes__label
where target_name = 'payment_default' and known_at < timestamptz '2025-09-01 00:00+09' order by 2, 1
"""
COHORT = """
select customer_code, as_of_date::text from intermediate.int_outcomes__cohort
where target_name = 'payment_default' and as_of_date <= '2025-09-01' order by 2, 1
"""
LABEL = "select label, known_at from intermediate.int_outcomes__label"
LATER = """
insert into collections.payment_records (invoice_number, customer_code, amount, currency, issued_date, due_date,
  paid_date, status, known_at, content_hash, batch_id)
select distinct on (invoice_number) invoice_number, customer_code, amount, currency, issued_date, due_date,
  due_date + 400, 'paid', timestamptz '2026-12-01 00:00+09', md5('x'), batch_id
from collections.payment_records where issued_date < date '2025-09-01' and paid_date is null
  and customer_code = 'C3'
order by invoice_number, known_at;
update collections.payment_records set paid_date = null, status = 'overdue' where issued_date >= date '2025-09-01';
delete from collections.payment_records where issued_date >= date '2025-10-01' and customer_code = 'C1';
insert into collections.payment_records (invoice_number, customer_code, amount, currency, issued_date, due_date,
  status, known_at, content_hash, batch_id)
values ('late', 'C1', 100, 'KRW', '2025-06-05', '2025-06-25', 'overdue', '2025-10-01 00:00+09', md5('y'), 1)
"""


@pytest.fixture
def billed_company(warehouse: Warehouse) -> Warehouse:
    insert_company(warehouse)
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute(INVOICES)
    build_models(warehouse, "+int_outcomes__label", months=MONTHS)
    return warehouse


def _rows(warehouse: Warehouse, query: str) -> list[tuple[Any, ...]]:
    with warehouse.connect(Role.MODEL) as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]


def test_earlier_labels_and_cohorts_do_not_depend_on_later_invoices(billed_company: Warehouse) -> None:
    labels, cohort = _rows(billed_company, KNOWN), _rows(billed_company, COHORT)
    # six as-of dates from 1 February: every invoice of C2 and C3 is past due, ten days are not
    assert {(code, label) for code, _, label, _ in labels} == {("C1", 0), ("C2", 1), ("C3", 1), ("C4", 0)}
    assert {day for _, day, _, _ in labels} == {f"2025-0{month}-01" for month in range(2, 8)}
    assert {code for code, _ in cohort} == {"C1", "C2", "C3", "C4"}
    with billed_company.connect(Role.OWNER) as connection:
        for statement in LATER.split(";\n"):
            connection.execute(statement)  # type: ignore[arg-type]
    build_models(billed_company, "+int_outcomes__label", months=MONTHS)
    # an invoice of June that was not known before October corrects one label, from October on
    assert _rows(billed_company, KNOWN) == [row for row in labels if row[:2] != ("C1", "2025-06-01")]
    corrected = f"{LABEL} where customer_code = 'C1' and as_of_date = '2025-06-01' and target_name = 'payment_default'"
    assert _rows(billed_company, corrected) == [(1, datetime(2025, 9, 30, 15, tzinfo=UTC))]
    assert _rows(billed_company, COHORT) == cohort
