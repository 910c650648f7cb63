"""Settings of a loading session. Statements do not belong here."""

from __future__ import annotations

import psycopg


def prepare_session(connection: psycopg.Connection) -> None:
    """Set what every statement of a load relies on."""
    # hashes and row texts contain instants: they must read the same in every session
    connection.execute("set timezone to 'UTC'")
    connection.execute("set datestyle to 'ISO'")
    connection.execute("set extra_float_digits to 1")
    connection.execute("set work_mem to '128MB'")
    connection.execute("set temp_buffers to '64MB'")
    connection.execute("set jit to off")
    # where the server has it: documents compress and decompress several times faster than by default
    connection.execute(
        "select set_config('default_toast_compression', 'lz4', false) from pg_settings "
        "where name = 'default_toast_compression' and 'lz4' = any (enumvals)"
    )
