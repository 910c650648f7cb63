"""A function that runs with its owner's rights runs no code of whoever calls it."""

from __future__ import annotations

import psycopg
import pytest

from warehouse.connection import Role, Warehouse
from warehouse.database.partitions import default_partition_rows

# A function of the attacker's that tells which role it ran as, even where the statement fails afterwards.
SPY = """
create function {schema}.spy() returns boolean language plpgsql as $$
begin
  raise warning 'ran as %', current_user;
  return true;
end
$$;
create function {schema}.spy_trigger() returns trigger language plpgsql as $$
begin
  perform {schema}.spy();
  return coalesce(new, old);
end
$$;
grant execute on function {schema}.spy(), {schema}.spy_trigger() to public;
"""
TABLE = """
create {kind} table {schema}.bait (month date {column}) partition by range (month);
create {kind} table {schema}.bait_default partition of {schema}.bait default;
insert into {schema}.bait values ('2024-01-15');
grant all on {schema}.bait, {schema}.bait_default to public;
"""
POLICY = """
create policy spy on {schema}.bait_default using ({schema}.spy());
alter table {schema}.bait_default enable row level security, force row level security;
"""
TRIGGER = """
create trigger spy before delete on {schema}.bait_default for each row execute function {schema}.spy_trigger();
alter table {schema}.bait_default enable always trigger spy;
"""
ATTACKS = {
    "policy": ("", POLICY),
    "trigger": ("", TRIGGER),
    "check": ("check ({schema}.spy())", ""),
    "default": (", other boolean default {schema}.spy()", ""),
    "generated": (", other boolean generated always as ({schema}.spy()) stored", ""),
}
CALLS = (
    "select source.heal_default_partition('{schema}.bait')",
    "select source.ensure_partitions('{schema}.bait', '2024-01-01', '2024-01-01')",
)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize(
    ("role", "kind", "schema"), [(Role.LOADER, "temporary", "pg_temp"), (Role.TRANSFORMER, "", "analytics")]
)
def test_no_caller_becomes_the_owner(
    warehouse: Warehouse, role: Role, kind: str, schema: str, attack: str, call: str
) -> None:
    column, more = ATTACKS[attack]
    spy = SPY.replace("boolean language", "boolean immutable language") if attack == "generated" else SPY
    with warehouse.connect(role, autocommit=True) as connection:
        for statement in (spy, TABLE, more):
            connection.execute(statement.format(kind=kind, schema=schema, column=column.format(schema=schema)))
        warnings: list[str | None] = []
        connection.add_notice_handler(lambda notice: warnings.append(notice.message_primary))
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="no table of the warehouse"):
            connection.execute(call.format(schema=schema))
        assert warnings == []
    with warehouse.connect() as connection:
        assert not any("bait" in parent for parent in default_partition_rows(connection))


def test_tables_that_dbt_makes_are_partitioned_as_before(warehouse: Warehouse) -> None:
    with warehouse.connect(Role.TRANSFORMER) as connection:
        for statement in TABLE.format(kind="", schema="analytics", column="not null").split(";")[:3]:
            connection.execute(statement)
        assert default_partition_rows(connection)["analytics.bait"] == 1
        assert connection.execute("select source.heal_default_partition('analytics.bait')").fetchone() == (1,)
        assert default_partition_rows(connection)["analytics.bait"] == 0


def test_every_function_that_runs_as_its_owner_is_closed(warehouse: Warehouse) -> None:
    """Its settings name where it looks for things and no policy filters it; nobody calls it who was not named."""
    with warehouse.connect() as connection:
        found = connection.execute(
            "select p.oid::regprocedure::text, pg_get_userbyid(p.proowner), p.proconfig,"
            " exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) where grantee = 0)"
            " from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace"
            " where p.prosecdef and n.nspname <> 'pg_catalog'"
            " and not exists (select from pg_depend where objid = p.oid and deptype = 'e')"
        ).fetchall()
    assert len(found) >= 9
    for name, owner, settings, is_public in found:
        assert owner == Role.OWNER.value, name
        assert not is_public, name
        assert "search_path=pg_catalog, pg_temp" in settings, name
        assert "row_security=off" in settings, name
