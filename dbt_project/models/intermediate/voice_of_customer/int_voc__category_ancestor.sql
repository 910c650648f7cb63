-- Every category with all that stand above it, itself included, in today's tree. The database keeps the tree free of
-- cycles, so the walk ends.
with recursive category as (

  select * from {{ ref('stg_deskroom__voc_category') }}

),

ancestor as (

  select
    voc_id,
    voc_id as ancestor_voc_id,
    parent_voc_id as next_voc_id,
    category_id as ancestor_id,
    category_name as ancestor_name,
    category_level as ancestor_level
  from category
  union all
  select
    ancestor.voc_id,
    category.voc_id as ancestor_voc_id,
    category.parent_voc_id as next_voc_id,
    category.category_id as ancestor_id,
    category.category_name as ancestor_name,
    category.category_level as ancestor_level
  from ancestor
  inner join category
    on ancestor.next_voc_id = category.voc_id

)

select
  voc_id,
  ancestor_voc_id,
  ancestor_id,
  ancestor_name,
  ancestor_level
from ancestor
