-- Which systems a company had by T. Nothing found in a system it has is 0; in one it does not have, unknown.
with month as (

  select * from {{ ref('stg_source__month') }}

),

message as (

  select min(known_at) as first_known_at from {{ ref('stg_source__message') }}

),

invoice as (

  select min(known_at) as first_known_at from {{ ref('stg_collections__invoice') }}

)

select
  month.snapshot_month,
  month.as_of_date,
  coalesce(message.first_known_at <= month.as_of_at, false) as has_messages,
  coalesce(invoice.first_known_at <= month.as_of_at, false) as has_invoices
from month
cross join message
cross join invoice
