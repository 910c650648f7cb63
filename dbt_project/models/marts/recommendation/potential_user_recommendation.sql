with subject as (

  select * from {{ ref('int_recommendation__subject') }}

),

prospect as (

  select * from {{ ref('stg_deskroom__potential_user') }}

)

select
  subject.id,
  prospect.enp_nm,
  subject.created_at,
  subject.snapshot_month,
  prospect.kedcd,
  prospect.bzpl_cd,
  prospect.bzpl_seq,
  prospect.bzno,
  prospect.enp_nm as enp_np,
  {{ recommendation_columns('subject') }}
from subject
inner join prospect
  on
    subject.snapshot_month = prospect.snapshot_month
    and subject.subject_key = prospect.prospect_key
where subject.subject_kind = 'prospect'
