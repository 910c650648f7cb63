"""Loading: files of a data package into the raw tables, and bad rows into quarantine.

Belongs here: reading, row checks, load buffers, merging, the load log and replays. The package format
is `warehouse.packages`; tables, partitions and roles are made by the migrations.
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
