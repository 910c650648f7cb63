"""Data packages written by tests: a few inline rows in the shape a company would hand over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import psycopg
import yaml

from warehouse.connection import Role, Warehouse
from warehouse.loading import LoadReport, load_package
from warehouse.packages import DataPackage

CUSTOMERS = "customer_code,name,email\nC1,Kim,c1@customer.invalid\nC2,Lee,c2@customer.invalid\n"


def write_package(folder: Path, files: dict[str, tuple[str, str | bytes, dict[str, Any]]], **keys: Any) -> DataPackage:
    """Write and read a package.

    Parameters
    ----------
    files
        Path to (target, content, further keys of the entry).
    keys
        Top-level keys beside the required ones.
    """
    entries = []
    for number, (name, (target, content, more)) in enumerate(files.items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        entries.append({"key": f"file{number}", "path": name, "target": target, **more})
    head = {
        "name": "shop",
        "company": "shop",
        "title": "A shop",
        "is_simulated": True,
        "business_timezone": "Asia/Seoul",
        "currency": "KRW",
        "reject_limit_ratio": 1.0,
    }
    (folder / "package.yml").write_text(yaml.safe_dump({**head, **keys, "files": entries}), encoding="utf-8")
    return DataPackage.read(folder)


def load_files(warehouse: Warehouse, folder: Path, files: dict[str, Any], **keys: Any) -> LoadReport:
    """Write a package and load it."""
    return load_package(warehouse, write_package(folder, files, **keys))


def customers(content: str = CUSTOMERS, **more: Any) -> tuple[str, str, dict[str, Any]]:
    """Return the entry of a customer file."""
    return ("crm.customer", content, more)


def snapshots(*rows: dict[str, Any], **more: Any) -> tuple[str, bytes, dict[str, Any]]:
    """Return the entry of a file of snapshots, JSON lines."""
    return ("source.user_monthly_features", b"".join(orjson.dumps(row) + b"\n" for row in rows), more)


def snapshot(ccod: str, month: str, fee: float = 100, **more: Any) -> dict[str, Any]:
    """Return one snapshot with one contract."""
    contract = {
        "contract_id": "K1",
        "started_on": "2023-01-01",
        "ended_on": None,
        "monthly_fee": fee,
        "status": "active",
    }
    return {"ccod": ccod, "snapshot_month": month, "contract_info": {"contracts": [contract]}, **more}


def rows(warehouse: Warehouse, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a query, as the owner sees them, in UTC."""
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute("set timezone to 'UTC'")
        cursor: psycopg.Cursor = connection.execute(query, values or None)
        return cursor.fetchall()


def row(warehouse: Warehouse, query: str, *values: Any) -> tuple[Any, ...]:
    """Return the only row of a query."""
    (found,) = rows(warehouse, query, *values)
    return found
