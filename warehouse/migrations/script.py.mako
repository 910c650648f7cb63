"""${message}."""

from __future__ import annotations

from warehouse.migrations.running import execute_as_owner

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None

UPGRADE = """
"""

DOWNGRADE = """
"""


def upgrade() -> None:
    """Apply this revision."""
    execute_as_owner(UPGRADE)


def downgrade() -> None:
    """Take this revision back."""
    execute_as_owner(DOWNGRADE)
