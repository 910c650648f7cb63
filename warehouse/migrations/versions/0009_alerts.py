"""Alerts: their policy as data, their outbox, and the documented trigger on new scores.

The trigger works on whole statements and gives what inserting the rows one by one, in the order of
their prediction time, would give. A customer is alarmed from a score at or above `raise_at` until
one below `clear_below`; an alert is raised when the alarm begins, unless the last one is younger
than `cool_down`. A score older than one already known is history and alerts nobody.
"""

from __future__ import annotations

from warehouse.migrations.running import execute_as_owner

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = """
create table ml.alert_policy (
  alert_type varchar(50) not null,
  model_name varchar(100) not null,
  raise_at double precision not null check (raise_at >= 0 and raise_at <= 1),
  clear_below double precision not null check (clear_below >= 0 and clear_below <= 1),
  cool_down interval not null check (cool_down >= interval '0'),
  is_enabled boolean not null default true,
  primary key (alert_type, model_name),
  check (clear_below <= raise_at)
);
insert into ml.alert_policy (alert_type, model_name, raise_at, clear_below, cool_down)
values ('HIGH_RISK', 'churn', 0.7, 0.6, interval '30 days');
comment on table ml.alert_policy is
  'When a score becomes an alert. 0.7 is documented; clear_below and cool_down keep it from repeating itself.';

create table ml.alert (
  id integer generated always as identity primary key,
  customer_id integer references crm.customer (id) on delete cascade,
  customer_code varchar(50),
  model_name varchar(100),
  alert_type varchar(50) not null,
  severity varchar(20) not null default 'warning',
  message text not null,
  predicted_at timestamptz,
  was_sent boolean not null default false,
  sent_at timestamptz,
  error_message text,
  attempts integer not null default 0,
  next_attempt_at timestamptz,
  claimed_by text,
  claimed_at timestamptz,
  deduplication_key text unique,
  created_at timestamptz default current_timestamp
);
create index idx_alert_history_customer on ml.alert (customer_id);
create index idx_alert_history_created_at on ml.alert (created_at);
create index idx_alert_history_alert_type on ml.alert (alert_type);
create index alert_latest on ml.alert (customer_id, model_name, alert_type, predicted_at);
create index alert_waiting on ml.alert (next_attempt_at nulls first, id) where not was_sent;
comment on table ml.alert is 'Outbox of alerts: the notifier claims, sends and marks them.';
"""

# One probe per month of history finds what was known of a customer.
STATE_INDEX = """
create index prediction_customer_time on ml.prediction (customer_id, predicted_at);
"""

TOUCH_CUSTOMERS = """
-- locked in one order, so that two scorings cannot wait for each other
with scored as (
  select customer_id, max(predicted_at) as predicted_at
  from inserted
  where model_stage = 'production'
  group by customer_id
),
touched as (
  select customer.id, scored.predicted_at
  from crm.customer as customer
  join scored on scored.customer_id = customer.id
  where customer.updated_at is null or customer.updated_at < scored.predicted_at
  order by customer.id
  for no key update of customer
)
update crm.customer as customer
set updated_at = greatest(customer.updated_at, touched.predicted_at)
from touched
where customer.id = touched.id
"""

# The probes are lateral with a limit, so that they stay probes, and order by an expression, so that no index on time
# alone is walked through instead.
RAISE_ALERTS = """
with scored as (
  select id, customer_id, customer_code, model_name, predicted_at, probability,
    array_agg(id) over (partition by customer_id, model_name) as statement_ids
  from inserted
  where model_stage = 'production'
),
high as (
  select scored.*, policy.alert_type, policy.raise_at, policy.clear_below, policy.cool_down
  from scored
  join ml.alert_policy as policy on policy.model_name = scored.model_name and policy.is_enabled
  where scored.probability >= policy.raise_at
),
-- an alarm begins where the last score outside the band of hysteresis was below it, or none was
crossing as (
  select high.*
  from high
  left join lateral (
    select earlier.probability
    from ml.prediction as earlier
    where earlier.customer_id = high.customer_id
      and earlier.predicted_at <= high.predicted_at
      and (earlier.predicted_at < high.predicted_at or earlier.id < high.id)
      and earlier.model_name = high.model_name
      and earlier.model_stage = 'production'
      and (earlier.probability >= high.raise_at or earlier.probability < high.clear_below)
    order by earlier.predicted_at + interval '0' desc, earlier.id desc
    limit 1
  ) as decisive on true
  left join lateral (
    select true as is_known
    from ml.prediction as later
    where later.customer_id = high.customer_id
      and later.predicted_at > high.predicted_at
      and later.model_name = high.model_name
      and later.model_stage = 'production'
      and later.id <> all (high.statement_ids)
    limit 1
  ) as later on decisive.probability is null or decisive.probability < high.clear_below
  where (decisive.probability is null or decisive.probability < high.clear_below) and later.is_known is null
),
per_customer as (
  select customer_id, customer_code, model_name, alert_type, cool_down,
    array_agg(predicted_at order by predicted_at, id) as times,
    array_agg(probability order by predicted_at, id) as probabilities
  from crossing
  group by customer_id, customer_code, model_name, alert_type, cool_down
),
-- one crossing after the other: an alert raised here cools the next one down
decided as (
  select per_customer.*, raised.predicted_at, raised.probability
  from per_customer
  left join lateral (
    select alert.predicted_at
    from ml.alert as alert
    where alert.customer_id = per_customer.customer_id
      and alert.model_name = per_customer.model_name
      and alert.alert_type = per_customer.alert_type
      and alert.predicted_at <= per_customer.times[1]
    order by alert.predicted_at desc
    limit 1
  ) as last_alert on true
  cross join lateral (
    with recursive fold as (
      select 0 as place, false as is_raised, last_alert.predicted_at as last_at
      union all
      select fold.place + 1, next.is_raised,
        case when next.is_raised then per_customer.times[fold.place + 1] else fold.last_at end
      from fold
      cross join lateral (
        select fold.last_at is null
          or per_customer.times[fold.place + 1] >= fold.last_at + per_customer.cool_down as is_raised
      ) as next
      where fold.place < cardinality(per_customer.times)
    )
    select fold.last_at as predicted_at, per_customer.probabilities[fold.place] as probability
    from fold
    where fold.is_raised
  ) as raised
)
insert into ml.alert
  (customer_id, customer_code, model_name, alert_type, message, predicted_at, deduplication_key)
select customer_id, customer_code, model_name, alert_type,
  format('Customer %s has a high %s risk of %s',
         customer_id, replace(model_name, '_', ' '), to_char(probability, 'FM990.00')),
  predicted_at,
  format('%s:%s:%s:%s', alert_type, model_name, customer_id, extract(epoch from predicted_at))
from decided
order by predicted_at, customer_id, alert_type
on conflict (deduplication_key) do nothing
"""

# Executed as text: a plan kept from a session's first, empty months would scan all of the later ones.
TRIGGER = f"""
create function ml.update_customer_risk() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_bitmapscan = off set jit = off
as $trigger$
begin
  execute $touch${TOUCH_CUSTOMERS}$touch$;
  execute $raise${RAISE_ALERTS}$raise$;
  return null;
end
$trigger$;
comment on function ml.update_customer_risk is
  'Documented trigger function, mended: set-based, alerts on upward crossings only.';

create trigger trigger_update_customer_risk after insert on ml.prediction
referencing new table as inserted for each statement execute function ml.update_customer_risk();
"""

DOWNGRADE = """
drop trigger trigger_update_customer_risk on ml.prediction;
drop function ml.update_customer_risk();
drop index ml.prediction_customer_time;
drop table ml.alert, ml.alert_policy;
"""


def upgrade() -> None:
    """Create policy, outbox and trigger."""
    for sql in (TABLES, STATE_INDEX, TRIGGER):
        execute_as_owner(sql)


def downgrade() -> None:
    """Drop trigger, outbox and policy."""
    execute_as_owner(DOWNGRADE)
