-- What a customer has agreed, bought, written and paid as of T. NULL where the company does not keep such records; 0
-- where it does and there are none.
with spine as (

  select * from {{ ref('int_customer__spine') }}

),

system as (

  select * from {{ ref('int_customer__system') }}

),

contract as (

  select * from {{ ref('int_contract__status') }}

),

purchase as (

  select * from {{ ref('int_purchase__windows') }}

),

message as (

  select * from {{ ref('int_message__windows') }}

),

payment as (

  select * from {{ ref('int_payment__history') }}

)

select
  spine.customer_code,
  spine.snapshot_month,
  contract.active_contract_count,
  contract.contract_count,
  contract.suspended_contract_count,
  contract.monthly_fee,
  contract.tenure_months,
  contract.months_since_last_start,
  contract.days_to_next_end,
  purchase.purchase_count_90d,
  purchase.purchase_amount_90d,
  purchase.days_since_last_purchase,
  case when system.has_messages then coalesce(message.message_count_30d, 0) end as message_count_30d,
  case when system.has_messages then coalesce(message.message_count_90d, 0) end as message_count_90d,
  case when system.has_invoices then coalesce(payment.invoice_count_180d, 0) end as invoice_count_180d,
  case when system.has_invoices then coalesce(payment.late_invoice_count_180d, 0) end as late_invoice_count_180d,
  payment.average_days_late_180d,
  case when system.has_invoices then coalesce(payment.overdue_amount, 0) end as overdue_amount
from spine
inner join system
  on spine.snapshot_month = system.snapshot_month
left join contract
  on
    spine.customer_code = contract.customer_code
    and spine.snapshot_month = contract.snapshot_month
left join purchase
  on
    spine.customer_code = purchase.customer_code
    and spine.snapshot_month = purchase.snapshot_month
left join message
  on
    spine.customer_code = message.customer_code
    and spine.snapshot_month = message.snapshot_month
left join payment
  on
    spine.customer_code = payment.customer_code
    and spine.snapshot_month = payment.snapshot_month
