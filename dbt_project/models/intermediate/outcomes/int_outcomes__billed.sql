{{ config(
    materialized='monthly',
    month_column='snapshot_month',
    indexes=[{'name': 'idx_int_outcomes_billed_key', 'columns': ['customer_code', 'snapshot_month'], 'unique': true}],
) }}

-- Who had something to pay as of T, by the invoices as they were known then: billed in the month before T, or an
-- invoice of the 180 days before T still open.
with month as (

  select * from {{ ref('stg_source__month') }}
  where snapshot_month = {{ this_month() }}

),

invoice as (

  select * from {{ ref('stg_collections__invoice') }}

),

known as (

  select
    invoice.invoice_number,
    invoice.customer_code,
    invoice.issued_date,
    invoice.paid_date,
    invoice.status,
    month.snapshot_month,
    row_number() over (
      partition by invoice.invoice_number
      order by invoice.known_at desc
    ) as version_rank
  from month
  inner join invoice
    on
      {{ known_as_of('invoice.known_at', 'month.as_of_at') }}
      and invoice.issued_date >= month.from_180d_date
      and invoice.issued_date < month.as_of_date

)

select
  cast(customer_code as varchar(50)) as customer_code,
  snapshot_month,
  cast(count(*) filter (where paid_date is null) as integer) as open_invoice_count
from known
where
  version_rank = 1
  and status <> 'cancelled'
  and (issued_date >= snapshot_month or paid_date is null)
group by customer_code, snapshot_month
