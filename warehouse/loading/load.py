"""Loading a package: read everything, validate it as a whole, then write file by file.

Belongs here: the order of a load. All files are read into load buffers before the first raw row is
written, so that an unreadable file, or too many rejected rows, leaves no partial load.
"""

from __future__ import annotations

import hashlib
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from warehouse.loading import load_log
from warehouse.loading.buffer.purchase_snapshots import build_snapshots
from warehouse.loading.buffer.rows import buffer_file, create_rejects
from warehouse.loading.buffer.set_checks import check_buffered_rows
from warehouse.loading.errors import FileRefusedError, LoadError, RejectLimitExceededError
from warehouse.loading.readers import SourceFile
from warehouse.loading.report import BatchResult, LoadProgress, LoadReport, ProgressCallback
from warehouse.loading.session import prepare_session
from warehouse.loading.writing.batch import BufferedBatch, LoadContext, write_batch, write_rejects
from warehouse.packages import DataPackage
from warehouse.packages.load_targets import LOAD_TARGETS

if TYPE_CHECKING:
    from warehouse.connection import Warehouse

_EXAMPLES = 10


def load_package(warehouse: Warehouse, package: DataPackage, *, progress: ProgressCallback | None = None) -> LoadReport:
    """Load a data package.

    Files loaded before are skipped by their SHA-256; rows known before count as unchanged; bad rows
    go to quarantine. Loads of one database wait for each other.

    Raises
    ------
    FileRefusedError
        A file cannot be read; nothing was loaded.
    RejectLimitExceededError
        More rejected rows than the package allows; nothing was loaded.
    LoadError
        The database belongs to another company.
    """
    from warehouse.connection import Role
    from warehouse.database.planner_statistics import gather_statistics

    with warehouse.connect(Role.LOADER, autocommit=True) as connection:
        prepare_session(connection)
        load_log.acquire_load_lock(connection)
        report = _Load(connection, package, progress or (lambda _: None)).run()
    changed = {LOAD_TARGETS[batch.target].table for batch in report.batches if batch.rows_loaded}
    gather_statistics(warehouse, sorted(changed))
    return report


class _Load:
    """One run of `load_package`, from the lock on."""

    def __init__(self, connection: psycopg.Connection, package: DataPackage, progress: ProgressCallback) -> None:
        self.connection, self.package, self.progress = connection, package, progress
        self.sources = [_source(package, entry_path) for entry_path in _paths(package)]
        self.sizes = [source.path.stat().st_size for source in self.sources]
        self.results: list[BatchResult] = []
        self.batches: list[BufferedBatch] = []
        self.seconds: dict[int, float] = {}
        self.buffered: dict[str, list[int]] = {}

    def run(self) -> LoadReport:
        since = load_log.register_package(self.connection, self.package)
        self.written_at = load_log.database_clock(self.connection)
        with self.connection.transaction(), self.connection.cursor() as cursor:
            create_rejects(cursor)
        started: list[int] = []
        try:
            self._buffer_all(since, started)
            self._check_limit()
            months = self._write_all()
        except (LoadError, psycopg.Error, KeyboardInterrupt) as error:
            status = "refused" if isinstance(error, LoadError) else "failed"
            load_log.close_open_batches(self.connection, started, status, str(error) or "interrupted")
            raise
        return LoadReport(tuple(self.results), tuple(sorted(months)))

    def _buffer_all(self, since: object, started: list[int]) -> None:
        digests: dict[Path, str] = {}
        for index, source in enumerate(self.sources):
            target = LOAD_TARGETS[source.entry.target]
            digest = self._hash_file(source, digests)
            if load_log.is_loaded(self.connection, self.package, target.name, digest, since):  # type: ignore[arg-type]
                self.results.append(BatchResult(None, source.name, target.name, "skipped"))
                continue
            batch_id = load_log.start_batch(
                self.connection,
                self.package.name,
                self.package.company,
                source.name,
                digest,
                target.name,
                self.written_at,
            )
            started.append(batch_id)
            self._buffer_file(index, source, batch_id)

    def _hash_file(self, source: SourceFile, digests: dict[Path, str]) -> str:
        """Hash a file together with the lookups that it uses; each file is read once."""
        looked_up = [self.package.lookups[name].path for name in source.entry.lookups]
        for path in {source.path, *looked_up} - set(digests):
            digests[path] = _sha256(path)
        if not looked_up:
            return digests[source.path]
        return hashlib.sha256("".join(digests[path] for path in [source.path, *looked_up]).encode()).hexdigest()

    def _buffer_file(self, index: int, source: SourceFile, batch_id: int) -> None:
        begun = time.perf_counter()

        def on_rows(rows: int) -> None:
            self._report_progress("reading", index, rows)

        on_rows(0)
        target = LOAD_TARGETS[source.entry.target]
        try:
            with self.connection.transaction(), self.connection.cursor() as cursor:
                buffered = buffer_file(cursor, self.package, source, batch_id, self.written_at, on_rows)
                check_buffered_rows(cursor, target, batch_id, self.buffered, distinct=source.entry.distinct)
                if target.combined_into is not None:
                    build_snapshots(cursor, batch_id, self.package.business_timezone, self.written_at)
        except psycopg.DataError as error:
            first_line = str(error).splitlines()[0]
            raise FileRefusedError(
                source.name, f"PostgreSQL rejected a value: {first_line}; correct the file"
            ) from error
        self.buffered.setdefault(target.name, []).append(batch_id)
        notes = (f"ignored columns: {', '.join(buffered.ignored)}",) if buffered.ignored else ()
        self.batches.append(BufferedBatch(batch_id, target, source.name, buffered.rows_read, buffered.known_at, notes))
        self.seconds[batch_id] = time.perf_counter() - begun

    def _check_limit(self) -> None:
        read = sum(batch.rows_read for batch in self.batches)
        with self.connection.transaction(), self.connection.cursor() as cursor:
            cursor.execute("select count(*) from load_reject")
            row = cursor.fetchone()
            rejected = int(row[0]) if row else 0
            if rejected <= self.package.reject_limit_ratio * read:
                return
            cursor.execute(
                "select batch_id, line_number, reason from load_reject order by batch_id, line_number limit %s",
                [_EXAMPLES],
            )
            names = {batch.batch_id: batch.file_name for batch in self.batches}
            examples = [f"{names[batch_id]}:{line}: {reason}" for batch_id, line, reason in cursor]
            for batch in self.batches:
                write_rejects(cursor, batch, "discarded")
        raise RejectLimitExceededError(rejected, read, self.package.reject_limit_ratio, examples)

    def _write_all(self) -> set[date]:
        package = self.package
        stamp = LoadContext.of(self.written_at, package.business_timezone, package.as_of_dates)
        months: set[date] = set()
        for index, batch in enumerate(self.batches):
            self._report_progress("writing", index, batch.rows_read, count=len(self.batches), name=batch.file_name)
            begun = time.perf_counter()
            counts, changed = write_batch(self.connection, batch, stamp)
            months |= set(changed)
            self.results.append(
                BatchResult(
                    batch.batch_id,
                    batch.file_name,
                    batch.target.name,
                    "loaded",
                    rows_read=counts.read,
                    rows_loaded=counts.loaded,
                    rows_unchanged=counts.unchanged,
                    rows_quarantined=counts.quarantined,
                    seconds=self.seconds[batch.batch_id] + time.perf_counter() - begun,
                    notes=batch.notes,
                )
            )
        return months

    def _report_progress(
        self, stage: str, index: int, rows: int, *, count: int | None = None, name: str | None = None
    ) -> None:
        total = sum(self.sizes)
        self.progress(
            LoadProgress(
                stage="reading" if stage == "reading" else "writing",
                file_name=name or self.sources[index].name,
                file_index=index,
                file_count=count or len(self.sources),
                rows=rows,
                done_bytes=sum(self.sizes[:index]) if stage == "reading" else total,
                total_bytes=total,
            )
        )


def _paths(package: DataPackage) -> list[tuple[int, Path]]:
    return [(index, path) for index, entry in enumerate(package.files) for path in entry.paths]


def _source(package: DataPackage, entry_path: tuple[int, Path]) -> SourceFile:
    index, path = entry_path
    folder = package.path.parent.resolve()
    name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
    return SourceFile(path, name, package.files[index])


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
