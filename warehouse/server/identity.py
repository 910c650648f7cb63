"""User of the server: PostgreSQL refuses root, so root runs its programs as another user.

Inside a user namespace root's uid appears as an ordinary one: files still belong to root and no account is
added. Where user namespaces are disabled, the server runs as `nobody` and owns its folders.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from warehouse.errors import BellwetherError

_INNER_ID = "1000"


@dataclass(frozen=True)
class Identity:
    """How a PostgreSQL program is started.

    Parameters
    ----------
    prefix
        Arguments before the program's command line.
    owner
        uid and gid that must own the data; None: the caller's.
    """

    prefix: tuple[str, ...] = ()
    owner: tuple[int, int] | None = None

    def change_owner(self, *paths: Path) -> None:
        """Change the owner of folders and their content to the server's user, if it is another one."""
        if self.owner is None:
            return
        for path in paths:
            for item in (path, *path.rglob("*")):
                os.chown(item, *self.owner, follow_symlinks=False)

    def allow_traversal(self, *folders: Path) -> None:
        """Allow the server's user to traverse folders, without reading them, if it is another user."""
        for folder in folders if self.owner else ():
            folder.chmod(0o711)


def _namespace_prefix() -> tuple[str, ...] | None:
    """Command line of a user namespace in which root is an ordinary user, where the kernel allows one."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return None
    prefix = (unshare, "-U", f"--map-user={_INNER_ID}", f"--map-group={_INNER_ID}", "--")
    tried = subprocess.run([*prefix, "true"], capture_output=True, check=False)  # noqa: S603
    return prefix if tried.returncode == 0 else None


@cache
def server_identity() -> Identity:
    """Identity of the server on this machine.

    Raises
    ------
    BellwetherError
        As root where neither a user namespace nor `setpriv` is available.
    """
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return Identity()
    prefix = _namespace_prefix()
    if prefix is not None:
        return Identity(prefix)
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise BellwetherError(
            "PostgreSQL does not run as root, and this system has no way to run it as another user.",
            where="neither `unshare -U` nor `setpriv` works here",
            remedy="run Bellwether as an ordinary user, or set BELLWETHER_DATABASE_URL to a server of your own",
        )
    nobody = pwd.getpwnam("nobody")
    command = (setpriv, f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups", "--")
    return Identity(command, (nobody.pw_uid, nobody.pw_gid))
