"""A company of forty customers with known answers: contracts over twelve months, three scorings.

Customer Ci pays 50,000 x i a month. Every fifth one's only contract ended on 2025-08-15. Snapshots reach from
January to December 2025 in the business zone of Seoul. Scores as of 1 November to 1 January are (i - 0.5) / 40.
"""

from __future__ import annotations

import math

from warehouse.connection import Role, Warehouse

CUSTOMERS = 40
MONTHS = tuple(f"2025-{month:02d}-01" for month in range(1, 13))
SCORED_MONTHS = ("2025-10-01", "2025-11-01", "2025-12-01")
TIMEZONE = "Asia/Seoul"
BASE_VALUE = -1.0

_COMPANY = """
insert into source.data_package (company, package_name, business_timezone, currency, is_simulated, definition)
values ('acme', 'acme', 'Asia/Seoul', 'KRW', true, '{}');
insert into source.load_batch (package_name, company, file_name, file_sha256, target_table, status)
values ('acme', 'acme', 'inline', repeat('0', 64), 'source.user_monthly_features', 'loaded');
insert into crm.customer (customer_code, name, email, phone, known_at)
select 'C' || i, 'Person ' || i, 'c' || i || '@customers.example', '010-1234-' || (1000 + i), '2025-01-01'
from generate_series(1, %(customers)s) as i;
insert into crm.customer_version (customer_code, known_at, name, email, phone, content_hash, batch_id)
select customer_code, known_at, name, email, phone, md5(customer_code), 1 from crm.customer;
select source.ensure_partitions('source.user_monthly_features', date '2025-01-01', date '2025-12-01');
select source.ensure_partitions('source.potential_user', date '2025-01-01', date '2025-12-01');
select source.ensure_partitions('ml.prediction', date '2025-10-01', date '2026-01-01');
"""

_SNAPSHOTS = """
insert into source.user_monthly_features (
  ccod, snapshot_month, contract_info, user_information, purchase_logs, interaction_history,
  known_at, content_hash, batch_id
)
select
  'C' || i, month::date,
  jsonb_build_object(
    'first_contract_code', 'A',
    'contracts', jsonb_build_array(jsonb_build_object(
      'contract_id', 'K' || i, 'contract_code', 'A', 'contract_name', 'Basic', 'started_on', '2024-01-01',
      'ended_on', case when mod(i, 5) = 0 and month >= '2025-08-01' then '2025-08-15' end,
      'monthly_fee', 50000 * i,
      'status', case when mod(i, 5) = 0 and month >= '2025-08-01' then 'ended' else 'active' end,
      'end_reason', null
    ))
  ),
  jsonb_build_object('name', 'Person ' || i, 'industry_code', 'I1', 'customer_type', 'shop', 'sido', 'Seoul',
    'sigungu', 'Jung-gu', 'site_area_m2', 50, 'joined_on', '2024-01-01'),
  '[]', '{"works": [], "csi": [], "interactions": []}',
  (month + interval '1 month') at time zone 'Asia/Seoul', md5(i || month::text), 1
from generate_series(1, %(customers)s) as i,
  generate_series(timestamp '2025-01-01', timestamp '2025-12-01', interval '1 month') as month;
insert into source.load_month (batch_id, snapshot_month, rows_changed)
select 1, snapshot_month, count(*) from source.user_monthly_features group by snapshot_month;
"""

_MODEL = """
insert into ml.model_version (
  model_name, version, target_name, model_type, training_date, data_hash, code_version, metrics, parameters,
  threshold, feature_names, artifact_path, artifact_sha256, is_active
) values (
  'churn', 'churn-1', 'churn', 'lightgbm', '2026-01-01', repeat('a', 64), 'test', '{}', '{}',
  0.4, '{voc_90d,cancellation_rate,monthly_fee}', 'churn/churn-1', repeat('b', 64), true
);
insert into ml.model_deployment (model_name, version, stage, valid_during, decided_by, reason)
values ('churn', 'churn-1', 'production', tstzrange('2026-01-01', null), 'test', 'first');
insert into ml.feature_importance (
  model_version_id, feature_name, importance_score, retained_average, churned_average
) values (1, 'voc_90d', 0.5, 0.6, 2.1), (1, 'cancellation_rate', 0.3, 0.052, 0.31), (1, 'monthly_fee', 0.1, 9, 8);
insert into ml.model_metrics (
  model_version_id, evaluation_date, evaluation_kind, origin_date, subject, row_count, positive_count, threshold,
  accuracy, precision, recall, f1_score, auc_roc, brier_score, confusion_matrix
) values
  (1, '2026-01-01', 'backtest', '2025-06-01', 'model', 40, 8, 0.4, 0.9, 0.8, 0.7, 0.75, 0.86, 0.08, '{}'),
  (1, '2026-01-01', 'holdout', '2025-09-01', 'model', 40, 8, 0.4, 0.9, 0.8, 0.7, 0.76, 0.87, 0.07, '{}'),
  (1, '2026-01-01', 'holdout', '2025-09-01', 'logistic_baseline', 40, 8, 0.4, 0.8, 0.7, 0.6, 0.65, 0.80, 0.1, '{}');
"""

_SCORES = """
insert into ml.prediction (
  prediction_id, model_name, model_version, model_stage, customer_code, customer_id, as_of_date, predicted_at,
  probability, predicted_label, threshold, features, top_features, top_values, top_value_texts, top_contributions,
  base_value, other_contribution
)
select
  %(stage)s || ':' || customer_code || ':' || as_of_date, 'churn', 'churn-1', %(stage)s, customer_code, id,
  as_of_date, as_of_date::timestamp at time zone 'Asia/Seoul', p, (p >= 0.4)::int, 0.4,
  jsonb_build_object('voc_90d', 4, 'age', 41.6),
  '{voc_90d,cancellation_rate,monthly_fee}', '{4,0.25,NaN}', '{"","",""}', '{1.2,0.8,-0.3}',
  %(base_value)s, ln(p / (1 - p)) - 0.7
from crm.customer
cross join unnest(%(as_of_dates)s::date[]) as as_of_date
cross join lateral (
  select coalesce(%(probability)s, (substr(customer_code, 2)::float8 - 0.5) / %(customers)s) as p
) as given
where %(customer)s::text is null or customer_code = %(customer)s
order by as_of_date, id;
"""


def probability_of(customer_number: int) -> float:
    """Score of a customer in every scoring of this world."""
    return (customer_number - 0.5) / CUSTOMERS


def insert_company(warehouse: Warehouse) -> None:
    """Raw records: company, customers, snapshots."""
    with warehouse.connect(Role.OWNER) as connection:
        for statements in (_COMPANY, _SNAPSHOTS):
            for statement in filter(str.strip, statements.split(";\n")):
                connection.execute(statement, {"customers": CUSTOMERS})  # type: ignore[arg-type]


def insert_model(warehouse: Warehouse) -> None:
    """One registered model version with its importance and metrics."""
    with warehouse.connect(Role.OWNER) as connection:
        for statement in filter(str.strip, _MODEL.split(";\n")):
            connection.execute(statement)  # type: ignore[arg-type]


def insert_scores(
    warehouse: Warehouse,
    as_of_dates: list[str],
    *,
    stage: str = "production",
    customer: str | None = None,
    probability: float | None = None,
) -> None:
    """Scores of everybody, or of one customer, as of some dates."""
    assert probability is None or math.isfinite(probability)
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute(
            _SCORES,
            {
                "as_of_dates": as_of_dates,
                "stage": stage,
                "customer": customer,
                "probability": probability,
                "customers": CUSTOMERS,
                "base_value": BASE_VALUE,
            },
        )
