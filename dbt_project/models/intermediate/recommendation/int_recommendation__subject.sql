-- One row per subject and month: cluster, six recommendations side by side, the most similar customer.
with assigned as (

  select * from {{ ref('stg_ml__customer_cluster') }}

),

recommendation as (

  select * from {{ ref('stg_ml__recommendation') }}

),

similar_customer as (

  select * from {{ ref('stg_ml__similar_customer') }}

),

customer as (

  select * from {{ ref('stg_crm__customer') }}

),

held_list as (

  select * from {{ ref('int_recommendation__held_list') }}

),

pivoted as (

  select
    snapshot_month,
    subject_kind,
    subject_key,
    max(item_name) filter (where item_kind = 'contract' and rank = 1) as rec_contract_1,
    max(reason) filter (where item_kind = 'contract' and rank = 1) as rec_contract_1_reason,
    max(item_name) filter (where item_kind = 'contract' and rank = 2) as rec_contract_2,
    max(reason) filter (where item_kind = 'contract' and rank = 2) as rec_contract_2_reason,
    max(item_name) filter (where item_kind = 'contract' and rank = 3) as rec_contract_3,
    max(reason) filter (where item_kind = 'contract' and rank = 3) as rec_contract_3_reason,
    max(item_name) filter (where item_kind = 'product' and rank = 1) as rec_product_1,
    max(reason) filter (where item_kind = 'product' and rank = 1) as rec_product_1_reason,
    max(item_name) filter (where item_kind = 'product' and rank = 2) as rec_product_2,
    max(reason) filter (where item_kind = 'product' and rank = 2) as rec_product_2_reason,
    max(item_name) filter (where item_kind = 'product' and rank = 3) as rec_product_3,
    max(reason) filter (where item_kind = 'product' and rank = 3) as rec_product_3_reason
  from recommendation
  group by snapshot_month, subject_kind, subject_key

)

select
  assigned.id,
  assigned.created_at,
  assigned.snapshot_month,
  assigned.subject_kind,
  assigned.subject_key,
  pivoted.rec_contract_1,
  pivoted.rec_contract_1_reason,
  pivoted.rec_contract_2,
  pivoted.rec_contract_2_reason,
  pivoted.rec_contract_3,
  pivoted.rec_contract_3_reason,
  pivoted.rec_product_1,
  pivoted.rec_product_1_reason,
  pivoted.rec_product_2,
  pivoted.rec_product_2_reason,
  pivoted.rec_product_3,
  pivoted.rec_product_3_reason,
  assigned.cluster_id,
  assigned.similarity,
  similar_customer.similar_customer_code,
  customer.name as similar_customer_name,
  held_list.contracts as similar_contracts,
  held_list.products as similar_products
from assigned
left join pivoted
  on
    assigned.snapshot_month = pivoted.snapshot_month
    and assigned.subject_kind = pivoted.subject_kind
    and assigned.subject_key = pivoted.subject_key
left join similar_customer
  on
    assigned.snapshot_month = similar_customer.snapshot_month
    and assigned.subject_kind = similar_customer.subject_kind
    and assigned.subject_key = similar_customer.subject_key
left join customer
  on similar_customer.similar_customer_code = customer.customer_code
left join held_list
  on
    similar_customer.snapshot_month = held_list.snapshot_month
    and similar_customer.similar_customer_code = held_list.customer_code
