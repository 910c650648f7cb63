with subject as (

  select * from {{ ref('int_recommendation__subject') }}

)

select
  subject.id,
  subject.created_at,
  cast(subject.subject_key as varchar(50)) as ccod,
  subject.snapshot_month,
  cast(subject.rec_contract_1 as varchar(255)) as rec_contract_1,
  cast(subject.rec_contract_1_reason as {{ dbt.type_string() }}) as rec_contract_1_reason,
  cast(subject.rec_contract_2 as varchar(255)) as rec_contract_2,
  cast(subject.rec_contract_2_reason as {{ dbt.type_string() }}) as rec_contract_2_reason,
  cast(subject.rec_contract_3 as varchar(255)) as rec_contract_3,
  cast(subject.rec_contract_3_reason as {{ dbt.type_string() }}) as rec_contract_3_reason,
  cast(subject.rec_product_1 as varchar(255)) as rec_product_1,
  cast(subject.rec_product_1_reason as {{ dbt.type_string() }}) as rec_product_1_reason,
  cast(subject.rec_product_2 as varchar(255)) as rec_product_2,
  cast(subject.rec_product_2_reason as {{ dbt.type_string() }}) as rec_product_2_reason,
  cast(subject.rec_product_3 as varchar(255)) as rec_product_3,
  cast(subject.rec_product_3_reason as {{ dbt.type_string() }}) as rec_product_3_reason,
  subject.cluster_id as user_cluster,
  subject.similarity as cluster_similarity,
  subject.similar_customer_code as sim_ccod,
  cast({{ mask_unless_permitted('subject.similar_customer_name', 'name') }} as varchar(255)) as sim_user_name,
  subject.similar_contracts as sim_user_contracts,
  subject.similar_products as sim_user_products
from subject
where subject.subject_kind = 'customer'
