"""Identity of a database: differs for a database created again under the same name, or restored elsewhere.

What a file outside the database remembers of it, such as alerts delivered, is kept by this name: numbers of rows begin
again in a new database, and a restored one gives numbers a second time.
"""

from __future__ import annotations

from typing import Any

from psycopg import Connection

# A random number, drawn when the schema was created, distinguishes a database from the one it replaced. A restored copy
# has the same number: there the server or the oid of the database differs.
IDENTITY = """
select md5(format('%s:%s:%s', identity.drawn, pg_database.oid, server.system_identifier))
from ml.database_identity as identity
cross join pg_control_system() as server
inner join pg_database
  on pg_database.datname = current_database()
"""


def database_identity(connection: Connection[Any]) -> str:
    """Return the name of the connection's database, 32 hexadecimal digits."""
    row = connection.execute(IDENTITY).fetchone()
    if row is None:
        raise RuntimeError("ml.database_identity is empty: `bellwether db migrate` fills it")
    return str(row[0])
