"""Errors that stop a load. A bad row does not: it goes to quarantine.

Errors in `package.yml` are `warehouse.packages.PackageError`.
"""

from __future__ import annotations

from warehouse.errors import BellwetherError


class LoadError(BellwetherError):
    """A load that was stopped; the message includes the remedy."""


class FileRefusedError(LoadError):
    """A file that cannot be read and is rejected as a whole.

    Parameters
    ----------
    file_name
        The file as the package names it.
    problem
        What is wrong and how to correct it.
    line
        Line (rows of Parquet files count from 1), where it is known.
    column
        Column of the file, where the problem concerns one.
    """

    def __init__(self, file_name: str, problem: str, *, line: int | None = None, column: str | None = None) -> None:
        place = file_name + (f":{line}" if line else "") + (f", column {column}" if column else "")
        super().__init__(f"{place}: {problem}")
        self.file_name = file_name
        self.line = line
        self.column = column


class RejectLimitExceededError(LoadError):
    """Too many rejected rows: nothing was loaded.

    Parameters
    ----------
    examples
        Some of the rejects, as `file:line: reason`; all are in quarantine, status `discarded`.
    """

    def __init__(self, rejected: int, read: int, limit_ratio: float, examples: list[str]) -> None:
        shown = "\n  ".join(examples)
        super().__init__(
            f"{rejected} of {read} rows were rejected, more than reject_limit_ratio {limit_ratio:g}: "
            f"nothing was loaded. Correct the files or raise the limit in package.yml. The rejects "
            f"(all: bellwether quarantine list --status discarded):\n  {shown}"
        )
        self.rejected = rejected
        self.read = read
