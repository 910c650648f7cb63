"""Loading: files of a data package into the raw tables, and bad rows into quarantine.

Here belong reading, row checks, staging, merging, the load ledger and replays. What a package may
say is `warehouse.packages`; tables, partitions and roles are made by the migrations.
"""

from warehouse.loading.errors import FileRefusedError, LoadError, RejectLimitExceededError
from warehouse.loading.load import load_package
from warehouse.loading.replay import replay
from warehouse.loading.report import BatchResult, LoadProgress, LoadReport

__all__ = [
    "BatchResult",
    "FileRefusedError",
    "LoadError",
    "LoadProgress",
    "LoadReport",
    "RejectLimitExceededError",
    "load_package",
    "replay",
]
