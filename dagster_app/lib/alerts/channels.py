"""Where alerts go: a file of the company by default, or any address Apprise knows.

When to send belongs to `outbox`.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from filelock import FileLock
from psycopg import Connection

from warehouse.connection import Warehouse
from warehouse.database.identity import database_identity
from warehouse.private_files import FILE_MODE, make_folder


class DeliveryError(RuntimeError):
    """The channel did not take the message; it may be tried again."""


@dataclass(frozen=True)
class Alert:
    """One claimed alert; `key` names it within its database, `attempts` counts the present one."""

    id: int
    key: str
    alert_type: str
    severity: str
    message: str
    customer_code: str | None
    predicted_at: datetime | None
    attempts: int


class Channel(Protocol):
    """Somewhere an alert can be sent to."""

    def send(self, alert: Alert) -> None:
        """Send one alert or raise `DeliveryError`."""

    def was_delivered(self, alert: Alert) -> bool | None:
        """Whether the alert arrived before; None if the channel cannot know."""


class FileChannel:
    """Appends one JSON line for each alert; a line that exists is not written again.

    Parameters
    ----------
    database
        Identity of the database that the alerts come from. The file outlives it: a line of a database that was made
        again or restored since says nothing about an alert of the present one.
    """

    def __init__(self, path: Path, database: str) -> None:
        self._path = path
        self._database = database

    def send(self, alert: Alert) -> None:
        """Append the alert unless its line exists, on disk before it counts as sent."""
        line = {
            **self._name(alert),
            "id": alert.id,
            "type": alert.alert_type,
            "severity": alert.severity,
            "customer_code": alert.customer_code,
            "predicted_at": alert.predicted_at.isoformat() if alert.predicted_at else None,
            "message": alert.message,
        }
        try:
            make_folder(self._path.parent)
            self._path.touch(FILE_MODE)
            with FileLock(self._path.with_suffix(".lock")):
                if self.was_delivered(alert):
                    return
                with self._path.open("a+b") as sink:
                    content = json.dumps(line, ensure_ascii=False) + "\n"
                    sink.write((("\n" if _ends_half_way(sink) else "") + content).encode())
                    sink.flush()
                    os.fsync(sink.fileno())
        except OSError as error:
            raise DeliveryError(f"cannot write {self._path}: {error}") from error

    def was_delivered(self, alert: Alert) -> bool | None:
        """Look for the alert's line; half a line, left by a crash, does not count."""
        if not self._path.exists():
            return False
        wanted = json.dumps(self._name(alert), ensure_ascii=False).removesuffix("}") + ", "
        with self._path.open(encoding="utf-8") as lines:
            return any(line.startswith(wanted) and line.endswith("}\n") for line in lines)

    def _name(self, alert: Alert) -> dict[str, str]:
        """Return what tells an alert from every other in the file: numbers start again in a new database."""
        return {"database": self._database, "key": alert.key}


def _ends_half_way(sink: BinaryIO) -> bool:
    """Whether a crash left a line without its end."""
    if sink.seek(0, os.SEEK_END) == 0:
        return False
    sink.seek(-1, os.SEEK_END)
    return sink.read(1) != b"\n"


class AppriseChannel:
    """Sends through Apprise; what has left cannot be asked about."""

    def __init__(self, urls: list[str]) -> None:
        import apprise

        self._notifier = apprise.Apprise()
        refused = [position for position, url in enumerate(urls, start=1) if not self._notifier.add(url)]
        if refused:
            raise ValueError(f"BELLWETHER_NOTIFY_URLS: Apprise does not understand address number {refused}")

    def send(self, alert: Alert) -> None:
        """Send one message to every address."""
        title = f"{alert.severity}: {alert.alert_type}"
        if not self._notifier.notify(title=title, body=alert.message):
            raise DeliveryError("Apprise could not deliver to every address; see the log for the reason")

    def was_delivered(self, alert: Alert) -> bool | None:
        """Return None: nobody can know."""
        del alert
        return None


def channel_for(warehouse: Warehouse, connection: Connection[Any]) -> Channel:
    """Return the channel that the settings ask for; the connection is to the warehouse."""
    if warehouse.settings.notify_urls:
        return AppriseChannel(warehouse.settings.notify_urls)
    return FileChannel(warehouse.folders.outbox / "alerts.jsonl", database_identity(connection))
