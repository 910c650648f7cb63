"""Bundles and cards on disk: ``<model>/<version>`` and ``<model>/<version>.html`` below a company's models.

Belongs here: where they lie, writing them whole, reading bundles verified by hash. Does not: what is in them (`ml`),
and which versions there are (the registry).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.private_files import write_file, write_folder

if TYPE_CHECKING:
    from ml.messages.bundle import MessageBundle
    from ml.risk.bundle import Bundle


@dataclass(frozen=True)
class BundleStore:
    """The bundles and cards of one company.

    Parameters
    ----------
    root
        Folder of all of them (`CompanyFolders.models`).
    """

    root: Path

    def folder(self, model_name: str, version: str) -> Path:
        """Folder of one version, whether it exists or not."""
        return self.root / model_name / version

    def save(self, bundle: Bundle, model_name: str, version: str) -> str:
        """Write a bundle and return its sha256; the same one is left as it is.

        Raises
        ------
        BundleError
            When the folder already holds another bundle.
        """
        if self.folder(model_name, version).exists():
            return self.load(model_name, version, bundle.sha256).sha256
        write_folder(self.folder(model_name, version), bundle.files)
        return bundle.sha256

    def load(self, model_name: str, version: str, sha256: str) -> Bundle:
        """Read a bundle, refusing one that is not what the registry recorded."""
        from ml.risk.bundle import load

        return load(self.folder(model_name, version), sha256)

    def save_messages(self, bundle: MessageBundle, model_name: str, version: str) -> str:
        """Write a message classifier's bundle and return its sha256; the same one is left as it is."""
        if self.folder(model_name, version).exists():
            return self.load_messages(model_name, version, bundle.sha256).sha256
        write_folder(self.folder(model_name, version), bundle.files)
        return bundle.sha256

    def load_messages(self, model_name: str, version: str, sha256: str) -> MessageBundle:
        """Read a message classifier's bundle, refusing one that is not what the registry recorded."""
        from ml.messages.bundle import load

        return load(self.folder(model_name, version), sha256)

    def card(self, model_name: str, version: str) -> Path:
        """Path of a version's card, whether it exists or not."""
        return self.root / model_name / f"{version}.html"

    def save_card(self, model_name: str, version: str, page: str) -> Path:
        """Write the card of a version of any model; return where it is."""
        path = self.card(model_name, version)
        write_file(path, page)
        return path
