-- Since when a company hands over messages and invoices: before that, no event does not mean none happened.
with message as (

  select * from {{ ref('stg_deskroom__message') }}

),

invoice as (

  select * from {{ ref('stg_collections__invoice') }}

),

first_known as (

  select
    (select min(known_at) from message) as first_message_known_at,
    (select min(known_at) from invoice) as first_invoice_known_at

),

month as (

  select * from {{ ref('base_deskroom__month') }}

)

select
  month.snapshot_month,
  coalesce({{ known_as_of('first_known.first_message_known_at', 'month.as_of_at') }}, false) as has_messages,
  coalesce({{ known_as_of('first_known.first_invoice_known_at', 'month.as_of_at') }}, false) as has_invoices
from month
cross join first_known
