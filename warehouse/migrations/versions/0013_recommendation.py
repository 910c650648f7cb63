"""Prospects by month (raw), and the core of clusters and recommendations, partitioned by snapshot month."""

from __future__ import annotations

from warehouse.migrations.running import execute_as_owner

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

RAW = """
create table source.potential_user (
  id bigint generated always as identity,
  snapshot_month date not null check (extract(day from snapshot_month) = 1),
  kedcd varchar(50) not null,
  bzpl_cd varchar(50) not null,
  bzpl_seq varchar(50) not null,
  bzno varchar(50),
  enp_nm varchar(255),
  created_at timestamptz not null default now(),
  sido varchar(100),
  sigungu varchar(100),
  lat double precision check (lat between -90 and 90),
  lot double precision check (lot between -180 and 180),
  bzpl_nm varchar(255),
  bf_bzc_cd varchar(50),
  bsze_metr double precision,
  lsze_metr double precision,
  rdnm_addr varchar(500),
  known_at timestamptz not null,
  content_hash char(32) not null,
  batch_id bigint not null,
  primary key (id, snapshot_month),
  unique (kedcd, bzpl_cd, bzpl_seq, snapshot_month, known_at)
) partition by range (snapshot_month);
create table source.potential_user_default partition of source.potential_user default;
comment on table source.potential_user is
  'Places of business that are no customers yet, by month; a correction is a row with a later known_at.';
comment on column source.potential_user.bzno is 'Business number; one number may have several places of business.';
comment on column source.potential_user.lot is 'Longitude, as the source spells it.';
"""

CORE = """
create table ml.cluster (
  id bigint generated always as identity,
  snapshot_month date not null check (extract(day from snapshot_month) = 1),
  cluster_id integer not null check (cluster_id > 0),
  cluster_size integer not null check (cluster_size > 0),
  mean_similarity double precision not null,
  matched_overlap double precision check (matched_overlap > 0 and matched_overlap <= 1),
  run_id varchar(64),
  created_at timestamptz not null default now(),
  primary key (snapshot_month, cluster_id)
) partition by range (snapshot_month);
create table ml.cluster_default partition of ml.cluster default;
comment on table ml.cluster is 'Clusters of a month; a number lasts from month to month and is never given twice.';
comment on column ml.cluster.matched_overlap is
  'Customers common with its namesake of the month before, of those in either; NULL for a new cluster.';

create table ml.customer_cluster (
  id bigint generated always as identity,
  snapshot_month date not null,
  subject_kind varchar(10) not null check (subject_kind in ('customer', 'prospect')),
  subject_key varchar(160) not null,
  cluster_id integer not null,
  similarity double precision not null check (similarity >= 0 and similarity <= 1),
  run_id varchar(64),
  created_at timestamptz not null default now(),
  primary key (snapshot_month, subject_kind, subject_key),
  foreign key (snapshot_month, cluster_id) references ml.cluster (snapshot_month, cluster_id) on delete cascade
) partition by range (snapshot_month);
create table ml.customer_cluster_default partition of ml.customer_cluster default;
comment on table ml.customer_cluster is 'The cluster of each customer and prospect; sizes count customers only.';

create table ml.recommendation (
  id bigint generated always as identity,
  snapshot_month date not null,
  subject_kind varchar(10) not null check (subject_kind in ('customer', 'prospect')),
  subject_key varchar(160) not null,
  item_kind varchar(10) not null check (item_kind in ('contract', 'product')),
  rank smallint not null check (rank between 1 and 3),
  item_code varchar(100) not null,
  item_name varchar(255) not null,
  score double precision not null,
  method varchar(50) not null,
  reason text not null,
  evidence jsonb not null,
  run_id varchar(64),
  created_at timestamptz not null default now(),
  primary key (id, snapshot_month),
  unique (snapshot_month, subject_kind, subject_key, item_kind, rank),
  unique (snapshot_month, subject_kind, subject_key, item_kind, item_code)
) partition by range (snapshot_month);
create table ml.recommendation_default partition of ml.recommendation default;
comment on column ml.recommendation.evidence is
  'What the reason counts: basis, among, hold, and what the counted customers share; re-computable from the holdings.';

create table ml.similar_customer (
  snapshot_month date not null,
  subject_kind varchar(10) not null check (subject_kind in ('customer', 'prospect')),
  subject_key varchar(160) not null,
  similar_customer_code varchar(50) not null,
  similarity double precision not null check (similarity >= 0 and similarity <= 1),
  run_id varchar(64),
  created_at timestamptz not null default now(),
  primary key (snapshot_month, subject_kind, subject_key),
  check (subject_kind <> 'customer' or subject_key <> similar_customer_code)
) partition by range (snapshot_month);
create table ml.similar_customer_default partition of ml.similar_customer default;
"""

DOWNGRADE = """
drop table ml.similar_customer, ml.recommendation, ml.customer_cluster, ml.cluster;
drop table source.potential_user;
"""


def upgrade() -> None:
    """Create the tables of this subject."""
    for sql in (RAW, CORE):
        execute_as_owner(sql)


def downgrade() -> None:
    """Drop the tables of this subject."""
    execute_as_owner(DOWNGRADE)
