"""The one error that a data package's description raises.

Errors in the data files themselves are `warehouse.loading.errors.FileRefusedError`.
"""

from __future__ import annotations

from warehouse.errors import BellwetherError


class PackageError(BellwetherError):
    """An invalid `package.yml`: each line has position, problem and remedy.

    Parameters
    ----------
    problems
        One sentence per problem, each beginning with `file:line:column`.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
