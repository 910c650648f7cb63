-- An unpaid invoice is as late at T as the days since it fell due.
with known as (

  select * from {{ ref('int_customer__known_invoice') }}

),

judged as (

  select
    customer_code,
    snapshot_month,
    amount,
    paid_date is not null as is_paid,
    due_date < as_of_date as is_due,
    greatest({{ whole_days_between('due_date', 'coalesce(paid_date, as_of_date)') }}, 0) as days_late
  from known

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
