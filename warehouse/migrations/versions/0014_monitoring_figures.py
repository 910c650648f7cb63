"""Whether a model is still right: logs and labels from outside, drift, performance, estimates, alerts of monitors.

A score's text key is unique over all months (a partitioned table alone cannot say so), labels are never changed, and
one routine erases a score with all that hangs on it, in the order that the references allow.
"""

from __future__ import annotations

from warehouse.migrations.running import execute_as_owner

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

RAW = """
create table source.prediction_log (
  -- numbers of their own above those of ml.prediction: analytics.prediction_logs shows both under one key
  id bigint generated always as identity (start with 1000000000001),
  prediction_id varchar(255) not null,
  created_at timestamptz not null,
  model_name varchar(100),
  model_version varchar(50) not null,
  model_stage varchar(20) not null default 'production'
    check (model_stage in ('production', 'shadow', 'archived')),
  target_name varchar(63),
  customer_code varchar(50),
  prediction smallint check (prediction in (0, 1)),
  -- refuses NaN as well, which is greater than every number
  probability double precision check (probability >= 0 and probability <= 1),
  age integer,
  debt_ratio double precision,
  monthly_income double precision,
  number_dependents integer,
  request_source varchar(100),
  response_time_ms integer check (response_time_ms >= 0),
  known_at timestamptz not null,
  content_hash char(32) not null,
  batch_id bigint not null,
  primary key (prediction_id, known_at)
);
create index prediction_log_created_at on source.prediction_log (created_at);
comment on table source.prediction_log is
  'Scores that an outside scorer logged; another content under a known prediction_id is a row with a later known_at.';
comment on column source.prediction_log.target_name is
  'Target whose horizon says when the label is due; without one it is due at once.';

create table source.prediction_label (
  prediction_id varchar(255) not null,
  true_label smallint not null check (true_label in (0, 1)),
  label_timestamp timestamptz not null,
  label_source varchar(100),
  days_delayed integer,
  known_at timestamptz not null,
  content_hash char(32) not null,
  batch_id bigint not null,
  primary key (prediction_id, known_at)
);
comment on table source.prediction_label is
  'Labels of logged scores, every version; the latest known one counts. days_delayed is what the file states.';
"""

FIGURES = """
create table ml.feature_drift (
  model_name varchar(100) not null,
  model_version varchar(50) not null references ml.model_version (version) on delete cascade,
  as_of_date date not null,
  feature_name varchar(100) not null,
  test varchar(30) not null check (test in ('kolmogorov_smirnov', 'chi_square')),
  statistic double precision not null,
  p_value double precision not null check (p_value >= 0 and p_value <= 1),
  adjusted_p_value double precision not null check (adjusted_p_value >= p_value and adjusted_p_value <= 1),
  psi double precision not null check (psi >= 0),
  jensen_shannon_distance double precision not null
    check (jensen_shannon_distance >= 0 and jensen_shannon_distance <= 1.000001),
  mean_shift_deviations double precision,
  effect double precision not null check (effect >= 0),
  missing_ratio double precision not null,
  reference_missing_ratio double precision not null,
  row_count bigint not null check (row_count > 0),
  bin_counts bigint[] not null,
  is_drifted boolean not null,
  run_id varchar(64),
  created_at timestamptz not null default now(),
  primary key (model_version, as_of_date, feature_name)
);
comment on table ml.feature_drift is
  'A month''s features, and its score under the name score, beside the training data of the version that scored it.';

create table ml.performance (
  model_name varchar(100) not null,
  model_version varchar(50) not null references ml.model_version (version) on delete cascade,
  as_of_date date not null,
  segment varchar(150) not null default 'all',
  metric_name varchar(50) not null,
  labels_known_until timestamptz not null,
  row_count bigint not null check (row_count > 0),
  positive_count bigint not null check (positive_count >= 0 and positive_count <= row_count),
  value double precision not null,
  lower_bound double precision not null,
  upper_bound double precision not null check (upper_bound >= lower_bound),
  run_id varchar(64),
  created_at timestamptz not null default now(),
  primary key (model_version, as_of_date, segment, metric_name, labels_known_until)
);
comment on table ml.performance is
  'Realised quality on mature labels; later or corrected labels restate it as rows with a later labels_known_until.';

create table ml.performance_estimate (
  model_name varchar(100) not null,
  model_version varchar(50) not null references ml.model_version (version) on delete cascade,
  as_of_date date not null,
  metric_name varchar(50) not null,
  row_count bigint not null check (row_count > 0),
  calibration_row_count bigint not null check (calibration_row_count >= 0),
  calibration_slope double precision not null,
  calibration_intercept double precision not null,
  value double precision not null,
  lower_bound double precision not null,
  upper_bound double precision not null check (upper_bound >= lower_bound),
  run_id varchar(64),
  created_at timestamptz not null default now(),
  primary key (model_version, as_of_date, metric_name)
);
comment on table ml.performance_estimate is
  'Quality estimated from the scores alone, with labels known by the as-of instant only: what could be said that day.';

create table ml.monitoring_alert (
  id bigint generated always as identity primary key,
  created_at timestamptz not null default now(),
  alert_type varchar(50) not null,
  severity varchar(20) not null check (severity in ('info', 'warning', 'critical')),
  model_name varchar(100) not null,
  model_version varchar(50) references ml.model_version (version) on delete cascade,
  as_of_date date,
  drift_share double precision check (drift_share >= 0 and drift_share <= 1),
  drifted_features text[] not null default '{}',
  message text not null,
  metrics jsonb not null default '{}',
  run_id varchar(64),
  unique nulls not distinct (alert_type, model_version, as_of_date)
);
create index idx_alert_created_at on ml.monitoring_alert (created_at);
comment on table ml.monitoring_alert is
  'What the monitors of the models found: one alert of a kind for a version and month.';
"""

# A statement's rows at once; a month that moves out of the default partition is no event and keeps its keys.
KEYS = """
create table ml.prediction_key (
  prediction_id varchar(255) primary key,
  predicted_at timestamptz not null
);
comment on table ml.prediction_key is
  'Makes prediction_id unique over all months of ml.prediction, which its partitions alone cannot; kept by triggers.';
insert into ml.prediction_key (prediction_id, predicted_at) select prediction_id, predicted_at from ml.prediction;

create function ml.add_prediction_keys() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  insert into ml.prediction_key (prediction_id, predicted_at) select prediction_id, predicted_at from inserted;
  return null;
exception
  when unique_violation then
    raise exception 'a score of this prediction_id is recorded at another time: %', sqlerrm
      using errcode = 'unique_violation', hint = 'give each score a prediction_id of its own';
end
$$;
create function ml.remove_prediction_keys() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  delete from ml.prediction_key as key using deleted where key.prediction_id = deleted.prediction_id;
  return null;
end
$$;
create trigger add_prediction_keys after insert on ml.prediction
referencing new table as inserted for each statement execute function ml.add_prediction_keys();
create trigger remove_prediction_keys after delete on ml.prediction
referencing old table as deleted for each statement execute function ml.remove_prediction_keys();
"""

LABELS = """
revoke update, delete on ml.label from bellwether_model;
create index idx_label_timestamp on ml.label (known_at);
create index idx_model_stage on ml.model_deployment (stage);
"""

ERASURE = """
create function ml.erase_prediction(erased_id text) returns table (relation text, row_count bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  score record;
  counted bigint;
begin
  -- labels first, then what they are labels of
  delete from source.prediction_label where prediction_id = erased_id;
  get diagnostics counted = row_count;
  return query select 'source.prediction_label', counted;
  delete from source.prediction_log where prediction_id = erased_id;
  get diagnostics counted = row_count;
  return query select 'source.prediction_log', counted;
  select prediction.customer_code, prediction.as_of_date, prediction.predicted_at, model_version.target_name
  into score
  from ml.prediction as prediction
  join ml.prediction_key as key using (prediction_id, predicted_at)
  join ml.model_version on model_version.version = prediction.model_version
  where key.prediction_id = erased_id;
  delete from ml.label as label
  where label.target_name = score.target_name
    and label.customer_code = score.customer_code
    and label.as_of_date = score.as_of_date
    and not exists (
      select from ml.prediction as other
      join ml.model_version on model_version.version = other.model_version
      where model_version.target_name = score.target_name
        and other.customer_code = score.customer_code
        and other.as_of_date = score.as_of_date
        and other.prediction_id <> erased_id);
  get diagnostics counted = row_count;
  return query select 'ml.label', counted;
  delete from ml.prediction where prediction_id = erased_id and predicted_at = score.predicted_at;
  get diagnostics counted = row_count;
  return query select 'ml.prediction', counted;
end
$$;
comment on function ml.erase_prediction is
  'Erases one score with its labels, in the order their references allow; a label that another score shares stays.';
grant execute on function ml.erase_prediction(text) to bellwether_model;
"""

DOWNGRADE = """
drop function ml.erase_prediction(text);
grant update, delete on ml.label to bellwether_model;
drop index ml.idx_label_timestamp, ml.idx_model_stage;
drop trigger add_prediction_keys on ml.prediction;
drop trigger remove_prediction_keys on ml.prediction;
drop function ml.add_prediction_keys();
drop function ml.remove_prediction_keys();
drop table ml.prediction_key;
drop table ml.monitoring_alert, ml.performance_estimate, ml.performance, ml.feature_drift;
drop table source.prediction_label, source.prediction_log;
"""


def upgrade() -> None:
    """Create the tables, keys and routines of this subject."""
    for sql in (RAW, FIGURES, KEYS, LABELS, ERASURE):
        execute_as_owner(sql)


def downgrade() -> None:
    """Drop them."""
    execute_as_owner(DOWNGRADE)
