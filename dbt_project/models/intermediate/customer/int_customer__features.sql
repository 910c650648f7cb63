-- What is known about a customer as of T beside the documented features, system by system. A count is 0 where the
-- company keeps the system and has no event, NULL where it keeps no such system.
with spine as (

  select * from {{ ref('int_customer__spine') }}

),

crm_profile as (

  select * from {{ ref('int_customer__crm_profile') }}

),

contract_state as (

  select * from {{ ref('int_customer__contract_state') }}

),

purchase as (

  select * from {{ ref('int_customer__purchase_windows') }}

),

message as (

  select * from {{ ref('int_customer__message_windows') }}

),

invoice as (

  select * from {{ ref('int_customer__invoice_windows') }}

),

profile as (

  select * from {{ ref('stg_deskroom__profile') }}

),

system_kept as (

  select * from {{ ref('int_customer__system_kept') }}

)

select
  spine.customer_code,
  spine.snapshot_month,
  spine.as_of_date,
  spine.as_of_at,
  crm_profile.age,
  crm_profile.tenure,
  crm_profile.balance,
  crm_profile.products,
  crm_profile.credit_card,
  crm_profile.active,
  crm_profile.salary,
  contract_state.active_contract_count,
  contract_state.contract_count,
  contract_state.suspended_contract_count,
  contract_state.monthly_fee,
  contract_state.tenure_months,
  contract_state.months_since_last_start,
  contract_state.days_to_next_end,
  case when profile.has_purchase_log then coalesce(purchase.purchase_count_90d, 0) end as purchase_count_90d,
  case when profile.has_purchase_log then coalesce(purchase.purchase_amount_90d, 0) end as purchase_amount_90d,
  case when profile.has_purchase_log then coalesce(purchase.purchase_count_365d, 0) end as purchase_count_365d,
  purchase.days_since_last_purchase,
  case when system_kept.has_messages then coalesce(message.message_count_30d, 0) end as message_count_30d,
  case when system_kept.has_messages then coalesce(message.message_count_90d, 0) end as message_count_90d,
  case when system_kept.has_messages then coalesce(message.message_recontact_count_30d, 0) end
    as message_recontact_count_30d,
  case when system_kept.has_messages then coalesce(message.message_recontact_count_90d, 0) end
    as message_recontact_count_90d,
  message.days_since_last_message,
  case when system_kept.has_invoices then coalesce(invoice.invoice_count_180d, 0) end as invoice_count_180d,
  case when system_kept.has_invoices then coalesce(invoice.late_invoice_count_180d, 0) end as late_invoice_count_180d,
  invoice.late_invoice_ratio_180d,
  invoice.average_days_late_180d,
  case when system_kept.has_invoices then coalesce(invoice.overdue_amount, 0) end as overdue_amount,
  profile.industry_code,
  profile.customer_type,
  profile.sido,
  profile.site_area_m2,
  coalesce(crm_profile.attributes, {{ empty_document() }}) as attributes
from spine
left join crm_profile
  on
    spine.customer_code = crm_profile.customer_code
    and spine.snapshot_month = crm_profile.snapshot_month
left join contract_state
  on
    spine.customer_code = contract_state.customer_code
    and spine.snapshot_month = contract_state.snapshot_month
left join purchase
  on
    spine.customer_code = purchase.customer_code
    and spine.snapshot_month = purchase.snapshot_month
left join message
  on
    spine.customer_code = message.customer_code
    and spine.snapshot_month = message.snapshot_month
left join invoice
  on
    spine.customer_code = invoice.customer_code
    and spine.snapshot_month = invoice.snapshot_month
left join profile
  on
    spine.customer_code = profile.customer_code
    and spine.snapshot_month = profile.snapshot_month
left join system_kept
  on spine.snapshot_month = system_kept.snapshot_month
