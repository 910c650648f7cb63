"""A sleeping process that stops the server when its last user was killed and could not do so.

`python -m warehouse.server.guardian HOME`, started beside each server; it waits in the kernel for a lock.
"""

from __future__ import annotations

import sys
from pathlib import Path

from warehouse.server.lifecycle import EmbeddedServer


def main() -> None:
    """Watch the server of the home named on the command line."""
    EmbeddedServer(Path(sys.argv[1])).stop_when_unused()


if __name__ == "__main__":
    main()
