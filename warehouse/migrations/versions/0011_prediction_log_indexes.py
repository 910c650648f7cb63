"""The documented indexes of prediction_logs, on the table that stores it."""

from __future__ import annotations

from warehouse.migrations.running import execute_as_owner

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

UPGRADE = """
create index idx_prediction_created_at on ml.prediction (created_at);
create index idx_prediction_model_version on ml.prediction (model_version);
"""

DOWNGRADE = """
drop index ml.idx_prediction_created_at, ml.idx_prediction_model_version;
"""


def upgrade() -> None:
    """Create the indexes on the parent: every month has them."""
    execute_as_owner(UPGRADE)


def downgrade() -> None:
    """Drop the indexes."""
    execute_as_owner(DOWNGRADE)
