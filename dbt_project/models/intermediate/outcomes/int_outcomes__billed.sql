{{ config(
    materialized='monthly',
    month_column='snapshot_month',
    indexes=[{'name': 'idx_int_outcomes_billed_key', 'columns': ['customer_code', 'snapshot_month'], 'unique': true}],
) }}

-- Who had something to pay as of T, by the invoices as they were known then: billed in the month before T, or an
-- invoice of the 180 days before T still open.
with known as (

  select * from {{ ref('int_customer__known_invoice') }}
  where snapshot_month = {{ this_month() }}

)

select
  cast(customer_code as varchar(50)) as customer_code,
  snapshot_month,
  cast(count(*) filter (where paid_date is null) as integer) as open_invoice_count
from known
where issued_date >= snapshot_month or paid_date is null
group by customer_code, snapshot_month
