"""A real PostgreSQL on this machine: found, created, tuned, started, shared by processes and stopped.

`lifecycle` is the entry point; the other modules are its parts. Out of scope: databases, roles and
connections (`warehouse.connection`).
"""

from warehouse.server.lifecycle import EmbeddedServer, Endpoint

__all__ = ["EmbeddedServer", "Endpoint"]
