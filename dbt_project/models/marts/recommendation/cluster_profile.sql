{%- set counted = [['code', 'code'], ['name', 'name'], ['customers', 'customer_count']] -%}
with cluster as (

  select * from {{ ref('stg_ml__cluster') }}

),

cluster_count as (

  select * from {{ ref('int_recommendation__cluster_count') }}

),

cluster_mean as (

  select * from {{ ref('int_recommendation__cluster_mean') }}

),

listed as (

  select
    snapshot_month,
    cluster_id,
    {{ document_list(counted, 'place', "aspect = 'contract' and place <= 5") }} as top_contracts,
    {{ document_list(counted, 'place', "aspect = 'product' and place <= 5") }} as top_purchases,
    {{ document_list(counted, 'place', "aspect = 'industry' and place <= 5") }} as top_business_type,
    {{ document_list(counted, 'place', "aspect = 'first_contract' and place <= 5") }} as top_first_contract_code,
    {{ document_map('code', 'customer_count', "aspect = 'contract'") }} as contracts_distribution,
    {{ document_map('code', 'customer_count', "aspect = 'product'") }} as purchase_distribution
  from cluster_count
  group by snapshot_month, cluster_id

)

select
  cluster.id,
  cluster.snapshot_month,
  cluster.created_at,
  cluster.cluster_id,
  cluster.cluster_size,
  cluster_mean.avg_contracts_num,
  cluster_mean.avg_purchase_num,
  listed.top_contracts,
  listed.top_purchases,
  listed.top_business_type,
  listed.top_first_contract_code,
  listed.contracts_distribution,
  listed.purchase_distribution
from cluster
left join cluster_mean
  on
    cluster.snapshot_month = cluster_mean.snapshot_month
    and cluster.cluster_id = cluster_mean.cluster_id
left join listed
  on
    cluster.snapshot_month = listed.snapshot_month
    and cluster.cluster_id = listed.cluster_id
