"""The data directory: created completely or not at all, and rejected with a reason if it cannot be used.

Out of scope: the running server (`postmaster`).
"""

from __future__ import annotations

import os
import secrets
import subprocess
from pathlib import Path

from warehouse.errors import BellwetherError
from warehouse.private_files import make_folder, write_if_changed
from warehouse.server import binaries, tuning
from warehouse.server.failures import explain_server_failure
from warehouse.server.identity import server_identity
from warehouse.server.leftovers import remove_leftovers

SUPERUSER = "bellwether"
# The directory that is being made and its password file, by the process that makes them.
_INCOMING = "data.incoming-*"


class Cluster:
    """The data directory of one home.

    Parameters
    ----------
    folder
        `postgres/` of the home: contains `data` and the password file.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.password_file = folder / "password"

    @property
    def password(self) -> str:
        """Password of the superuser on loopback TCP; made when the data directory is made."""
        return self.password_file.read_text().strip()

    def prepare(self) -> None:
        """Prepare a data directory that this version can use, and write its configuration.

        The caller holds the exclusive start lock.

        Raises
        ------
        BellwetherError
            Newer or older data, a directory broken half-way, no permission, no space.
        """
        try:
            make_folder(self.folder)
            remove_leftovers(self.folder, _INCOMING)
            if not self.data.exists() or not any(self.data.iterdir()):
                self._create()
            self._check()
            self._configure()
        except OSError as error:
            raise explain_server_failure(str(error), self.folder) from error

    def _create(self) -> None:
        """Create the directory under another name and rename it when complete: an interruption leaves none or all.

        The password comes to its place first: without the directory it is replaced by the next attempt.
        """
        incoming = self.folder.resolve() / f"data.incoming-{os.getpid()}"
        secret = incoming.with_name(f"{incoming.name}.password")
        try:
            self._run_initdb(incoming, secret)
            secret.replace(self.password_file)
            if self.data.exists():
                self.data.rmdir()
            incoming.replace(self.data)
        except BaseException:  # Ctrl-C and SIGTERM too
            remove_leftovers(self.folder, _INCOMING)
            raise

    def _run_initdb(self, incoming: Path, secret: Path) -> None:
        identity = server_identity()
        incoming.mkdir(mode=0o700)
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_urlsafe(24) + "\n")
        identity.change_owner(incoming, secret)
        made = subprocess.run(  # noqa: S603
            [*identity.prefix, *self._initdb(incoming, secret)],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=binaries.clean_environment(),
        )
        if made.returncode != 0:
            raise explain_server_failure(made.stderr, self.folder)

    def _initdb(self, target: Path, secret: Path) -> list[str]:
        folder = binaries.binaries()
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        locale = builtin if binaries.major_version(folder) >= 17 else ["--locale=C.UTF-8"]
        return [
            str(folder / "initdb"),
            f"--pgdata={target}",
            f"--username={SUPERUSER}",
            f"--pwfile={secret}",
            "--encoding=UTF8",
            "--auth-local=trust",
            "--auth-host=scram-sha-256",
            "--data-checksums",
            *locale,
        ]

    def _check(self) -> None:
        """Reject a directory that this version cannot use, with a clearer message than PostgreSQL's."""
        version_file = self.data / "PG_VERSION"
        if not version_file.is_file() or not (self.data / "global" / "pg_control").is_file():
            raise BellwetherError(
                "The data directory of the embedded PostgreSQL is incomplete.",
                where=str(self.data),
                remedy=f"restore it from your own copy; or remove {self.folder} and run again: everything is "
                "loaded and built again, or restore a backup with `bellwether db restore FILE`",
            )
        found, own = version_file.read_text().strip(), binaries.major_version(binaries.binaries())
        if found != str(own):
            raise BellwetherError(
                f"The data directory was made by PostgreSQL {found}, and the programs are version {own}.",
                where=f"{self.data} and {binaries.binaries()}",
                remedy=f"set {binaries.BIN_VARIABLE} to the programs of PostgreSQL {found}; to move to {own}: "
                "with those, `bellwether db backup FILE`; then, with another BELLWETHER_HOME and without "
                f"{binaries.BIN_VARIABLE}, `bellwether db restore FILE`",
            )

    def _configure(self) -> None:
        folder = binaries.binaries()
        text = tuning.configuration(
            major=binaries.major_version(folder), has_statements=binaries.has_extension(folder, "pg_stat_statements")
        )
        target = self.data / "postgresql.conf"
        write_if_changed(target, text)
        server_identity().change_owner(target)  # always: the process that wrote it may have died before
