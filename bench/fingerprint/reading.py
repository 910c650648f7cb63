"""Read the fingerprint of a database: every relation, and the figures of models and checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg

from bench.fingerprint.figures import read_figures, version_aliases
from bench.fingerprint.left_out import LeftOut
from bench.fingerprint.relations import fingerprint, list_relations, prepare


def read(conninfo: str, *, replacements: Mapping[str, str], left_out: Sequence[LeftOut] = ()) -> dict[str, Any]:
    """Read the fingerprint of a database.

    Parameters
    ----------
    conninfo
        Connection string of a login that may read everything.
    replacements
        Texts that depend on the build beside the names of model versions, and what stands in for them.
    left_out
        Columns to leave out beside the listed ones.
    """
    with psycopg.connect(conninfo, autocommit=True) as connection:
        prepare(connection)
        texts = {**replacements, **version_aliases(connection)}
        relations = {}
        for relation in list_relations(connection):
            relations[relation.name] = fingerprint(connection, relation, replacements=texts, left_out=left_out)
        return {"relations": relations, "figures": read_figures(connection, texts)}
