"""Which database this is: a name that a database made anew under the same name, or restored elsewhere, does not share.

What a file outside the database remembers of it, such as alerts delivered, is kept by this name: numbers of rows begin
anew in a new database, and a restored one gives numbers a second time.
"""

from __future__ import annotations

from typing import Any

from psycopg import Connection

# A random number, drawn when the schema was made, tells a database from the one it replaced. A restored copy brings it
# along: there the server or the database's own number is another one.
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
