-- Every version of the invoices that fell due within the horizon of a customer who is asked about payment, and what it
-- says of the label. Paid too late is past due; so is unpaid, as no label matures before past_due_days are over.
with cohort as (

  select * from {{ ref('int_outcomes__cohort') }}

),

target as (

  select * from {{ ref('int_outcomes__target') }}
  where outcome_rule = 'invoice_past_due'

),

invoice as (

  select
    *,
    lead(known_at) over (partition by invoice_number order by known_at) as superseded_at
  from {{ ref('stg_collections__invoice') }}

),

asked as (

  select
    cohort.target_name,
    cohort.customer_code,
    cohort.as_of_date,
    target.past_due_days,
    target.maturity_days,
    cast({{ dbt.dateadd('month', 'target.horizon_months', 'cohort.as_of_date') }} as date) as horizon_end_date
  from cohort
  inner join target
    on cohort.target_name = target.target_name

),

dated as (

  select
    *,
    {{ business_instant(dbt.dateadd('day', 'maturity_days', 'horizon_end_date')) }} as matures_at
  from asked

)

select
  dated.target_name,
  dated.customer_code,
  dated.as_of_date,
  dated.matures_at,
  invoice.invoice_number,
  invoice.known_at,
  invoice.superseded_at is null as is_latest,
  invoice.known_at <= dated.matures_at
  and (invoice.superseded_at > dated.matures_at or invoice.superseded_at is null) as is_known_in_time,
  case
    when invoice.status = 'cancelled' then null
    when
      invoice.paid_date is null
      or {{ whole_days_between('invoice.due_date', 'invoice.paid_date') }} > dated.past_due_days
      then 1
    else 0
  end as is_past_due
from dated
inner join invoice
  on
    dated.customer_code = invoice.customer_code
    and dated.as_of_date <= invoice.due_date
    and dated.horizon_end_date > invoice.due_date
