"""What several steps ask of labels and scores, once: the label that counts, dates learned from, the scores of a month.

Python reads these before dbt has built anything over the model layer, so that they cannot be dbt's.
"""

from __future__ import annotations

from warehouse.migrations.running import execute_as_owner

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

VIEWS = """
create view ml.latest_label as
select distinct on (target_name, customer_code, as_of_date)
  label_id, target_name, customer_code, as_of_date, label, known_at, label_source,
  min(known_at) over (partition by target_name, customer_code, as_of_date) as first_known_at
from ml.label
order by target_name, customer_code, as_of_date, known_at desc, label_id desc;
comment on view ml.latest_label is
  'The label that counts today: the version known last. Key: target_name, customer_code, as_of_date.';
comment on column ml.latest_label.first_known_at is 'Instant from which any version of the label was known.';

create view ml.learned_date as
select distinct model_version.version as model_version, label.as_of_date
from ml.model_version
inner join ml.label
  on model_version.target_name = label.target_name
  and label.known_at <= model_version.training_date;
comment on view ml.learned_date is
  'As-of dates of which any label was known when a version was trained: it may have learned from them. '
  'Key: model_version, as_of_date.';

-- inlined into the query that calls it: the bounds on predicted_at keep a month to its partitions, in every time zone
create function ml.scores_as_of(day date) returns setof ml.prediction
language sql stable
as $$
  select prediction.*
  from ml.prediction as prediction
  where
    prediction.as_of_date = day
    and prediction.predicted_at > day - interval '1 day'
    and prediction.predicted_at < day + interval '1 month'
$$;
grant execute on function ml.scores_as_of(date) to bellwether_model, bellwether_transformer;
comment on function ml.scores_as_of(date) is 'The scores as of a day, read from its partitions only.';
"""

DOWNGRADE = """
drop function ml.scores_as_of(date);
drop view ml.learned_date;
drop view ml.latest_label;
"""


def upgrade() -> None:
    """Create the views and the function."""
    execute_as_owner(VIEWS)


def downgrade() -> None:
    """Drop them."""
    execute_as_owner(DOWNGRADE)
