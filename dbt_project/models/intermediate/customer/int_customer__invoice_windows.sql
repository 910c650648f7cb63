-- Invoices of the last 180 days as they were known at T: whether one was paid is often learnt after T. An unpaid
-- invoice is as late at T as the days since it fell due.
with month as (

  select * from {{ ref('stg_source__month') }}

),

invoice as (

  select * from {{ ref('stg_collections__invoice') }}

),

known as (

  select
    invoice.*,
    month.snapshot_month,
    month.as_of_date,
    row_number() over (
      partition by month.snapshot_month, invoice.invoice_number
      order by invoice.known_at desc
    ) as version_rank
  from month
  inner join invoice
    on
      {{ known_as_of('invoice.known_at', 'month.as_of_at') }}
      and invoice.issued_date >= month.from_180d_date
      and invoice.issued_date < month.as_of_date

),

judged as (

  select
    customer_code,
    snapshot_month,
    amount,
    status,
    paid_date is not null as is_paid,
    due_date < as_of_date as is_due,
    greatest({{ whole_days_between('due_date', 'coalesce(paid_date, as_of_date)') }}, 0) as days_late
  from known
  where version_rank = 1 and status <> 'cancelled'

)

select
  customer_code,
  snapshot_month,
  cast(count(*) as integer) as invoice_count_180d,
  cast(count(*) filter (where is_due and days_late > 0) as integer) as late_invoice_count_180d,
  {{ ratio('count(*) filter (where is_due and days_late > 0)', 'count(*) filter (where is_due)') }}
    as late_invoice_ratio_180d,
  cast(avg(days_late) filter (where is_due) as real) as average_days_late_180d,
  cast(coalesce(sum(amount) filter (where is_due and not is_paid), 0) as numeric(18, 2)) as overdue_amount
from judged
group by customer_code, snapshot_month
