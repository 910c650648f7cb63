-- Every cluster has as many customers as it says.
with cluster as (

  select * from {{ ref('stg_ml__cluster') }}

),

counted as (

  select
    snapshot_month,
    cluster_id,
    count(*) as customer_count
  from {{ ref('stg_ml__customer_cluster') }}
  where subject_kind = 'customer'
  group by snapshot_month, cluster_id

)

select
  cluster.snapshot_month,
  cluster.cluster_id,
  cluster.cluster_size,
  counted.customer_count
from cluster
left join counted
  on
    cluster.snapshot_month = counted.snapshot_month
    and cluster.cluster_id = counted.cluster_id
where cluster.cluster_size is distinct from counted.customer_count
