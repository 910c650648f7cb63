"""Where bundles live: ``models/<model>/<version>`` under the home, verified by hash before use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from warehouse.private_files import write_folder
from warehouse.settings import load_settings

if TYPE_CHECKING:
    from ml.messages.bundle import MessageBundle
    from ml.risk.bundle import Bundle


class ModelStore(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Bundles on disk, one folder per version."""

    def folder(self, model_name: str, version: str) -> Path:
        """Folder of one version, whether it exists or not."""
        return load_settings().home / "models" / model_name / version

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
