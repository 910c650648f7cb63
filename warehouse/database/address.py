"""The address of a database from the settings: checked part by part, and never repeated in a message.

A character that is not percent-encoded moves the rest of a password into the host, the port or the name of the
database, whose values libpq's own messages quote. Out of scope: reaching the database
(`warehouse.database.companies`).
"""

from __future__ import annotations

import re

import psycopg
from psycopg.conninfo import make_conninfo

from warehouse.errors import BellwetherError

_CONNECT_SECONDS = 10
_SCHEME = re.compile(r"postgres(ql)?(\+\w+)?://")
_HOST = r"(\[[0-9A-Fa-f:.]+\]|[^:,\[\]]*)(:\d*)?"
_HOSTS = re.compile(rf"{_HOST}(,{_HOST})*")
_ENCODE = "a character of the user name or the password must be percent-encoded (@ as %40, / as %2F, % as %25)"
_FORM = "write it as postgresql://user:password@host:5432/database, other characters than letters and digits encoded"


def parse_database_url(url: str, variable: str = "BELLWETHER_DATABASE_URL") -> str:
    """Return libpq's connection string for an address.

    Parameters
    ----------
    url
        `postgresql://...`, with or without a driver in the scheme; or libpq's `key=value` pairs.
    variable
        Where the address was read from, for messages.

    Raises
    ------
    BellwetherError
        The address is malformed. The message names the problem and quotes no part of the address.
    """
    problem = _problem(url)
    if problem is None:
        try:
            return make_conninfo(_SCHEME.sub("postgresql://", url, count=1), connect_timeout=_CONNECT_SECONDS)
        except psycopg.Error:
            problem = "libpq does not understand one of its parts"
    # outside the handler: libpq's message, which quotes the address, is not even the context of this error
    raise BellwetherError(f"{variable} cannot be read: {problem}.", where=f"{variable} (not shown)", remedy=_FORM)


def hide_passwords(text: str) -> str:
    """Replace user and password of every address in the text of another program."""
    return re.sub(r"(\w://)[^\s'\"]*@", r"\1***@", text)


def _problem(url: str) -> str | None:
    """Return the problem of an address without quoting it; None: no problem before libpq reads it."""
    scheme = _SCHEME.match(url)
    if scheme is None:
        is_words = "://" not in url and re.match(r"\s*\w+\s*=", url)
        return None if is_words else "it does not begin with postgresql://"
    rest = url[scheme.end() :]
    if re.search(r"%(?![0-9A-Fa-f]{2})", rest) or re.search(r"%00", rest):
        return "a % is not followed by the two hexadecimal digits of a character (a plain % is %25)"
    if re.search(r"[\s#]", rest):
        return _ENCODE
    authority, *others = re.split(r"[/?]", rest, maxsplit=1)
    if authority.count("@") > 1 or any("@" in other for other in others):
        return _ENCODE
    return None if _HOSTS.fullmatch(authority.rpartition("@")[2]) else "its port is not a number"
