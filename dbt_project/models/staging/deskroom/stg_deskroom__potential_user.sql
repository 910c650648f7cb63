-- One row per place of business and month: the newest version that was known when the month closed.
with prospect as (

  select * from {{ source('deskroom', 'potential_user') }}

),

month as (

  select * from {{ ref('base_deskroom__month') }}

),

known as (

  select
    prospect.*,
    row_number() over (
      partition by prospect.snapshot_month, prospect.kedcd, prospect.bzpl_cd, prospect.bzpl_seq
      order by prospect.known_at desc, prospect.id desc
    ) as recency_rank
  from prospect
  inner join month
    on prospect.snapshot_month = month.snapshot_month
  where {{ known_as_of('prospect.known_at', 'month.closes_at') }}

)

select
  snapshot_month,
  kedcd || '/' || bzpl_cd || '/' || bzpl_seq as prospect_key,
  kedcd,
  bzpl_cd,
  bzpl_seq,
  bzno,
  enp_nm,
  sido,
  sigungu,
  lat,
  lot,
  bzpl_nm,
  bf_bzc_cd as industry_code,
  bsze_metr as site_area_m2,
  lsze_metr as land_area_m2,
  rdnm_addr,
  known_at
from known
where recency_rank = 1
