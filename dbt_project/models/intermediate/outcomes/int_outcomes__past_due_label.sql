{{ config(materialized='table', post_hook='{{ gather_statistics(this) }}') }}

-- Payment default as of T: of the invoices that fell due within [T, T + horizon), one stayed unpaid for more than
-- past_due_days. It is judged by what was known when the label matured; a later version of an invoice that changes the
-- outcome is a correction and known later. A customer for whom nothing fell due was not asked anything: no label.
with due as (

  select * from {{ ref('int_outcomes__due_invoice') }}

),

invoice as (

  select * from {{ ref('stg_collections__invoice') }}

),

data_horizon as (

  select * from {{ ref('int_outcomes__data_horizon') }}

),

-- where invoices come without snapshots, the newest of them says how far the records reach
reach as (

  select
    greatest(
      (select data_horizon.known_until from data_horizon),
      (select max(invoice.known_at) from invoice)
    ) as known_until

),

judged as (

  select
    target_name,
    customer_code,
    as_of_date,
    matures_at,
    max(is_past_due) filter (where is_known_in_time) as label_in_time,
    max(is_past_due) filter (where is_latest) as label,
    max(known_at) filter (where is_latest) as latest_known_at
  from due
  group by target_name, customer_code, as_of_date, matures_at

),

stated as (

  select
    target_name,
    customer_code,
    as_of_date,
    cast(label as smallint) as label,
    case when label = label_in_time then matures_at else greatest(matures_at, latest_known_at) end as known_at
  from judged
  where label is not null

)

select
  stated.target_name,
  stated.customer_code,
  stated.as_of_date,
  stated.label,
  stated.known_at
from stated
inner join reach
  on stated.known_at <= reach.known_until
