-- Invoices of the last 180 days as they were known at T: whether one was paid is often learnt after T.
with month as (

  select * from {{ ref('base_deskroom__month') }}

),

invoice as (

  select * from {{ ref('stg_collections__invoice') }}

),

known as (

  select
    invoice.invoice_number,
    invoice.customer_code,
    invoice.amount,
    invoice.issued_date,
    invoice.due_date,
    invoice.paid_date,
    invoice.status,
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

)

select
  snapshot_month,
  invoice_number,
  customer_code,
  amount,
  issued_date,
  due_date,
  paid_date,
  as_of_date
from known
where version_rank = 1 and status <> 'cancelled'
