"""Folders of one company: one per kind of file under the home, named by the company.

Belongs here: the names. Out of scope: what is written there, and folders that all companies share (`settings`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class CompanyFolders:
    """The folders of one company under a home; none needs to exist.

    Parameters
    ----------
    home
        Folder of all local data.
    company
        Name of the company as `company_slug` writes it.
    """

    home: Path
    company: str

    @property
    def models(self) -> Path:
        """Model bundles and cards: ``<model>/<version>`` and ``<model>/<version>.html``."""
        return self.home / "models" / self.company

    @property
    def site(self) -> Path:
        """Published static pages, served by `bellwether docs`."""
        return self.home / "site" / self.company

    @property
    def outbox(self) -> Path:
        """Alerts written by the file channel."""
        return self.home / "outbox" / self.company

    @property
    def audit(self) -> Path:
        """Digests of the sealed audit trail, kept outside of the database."""
        return self.home / "audit" / self.company

    @property
    def check_results(self) -> Path:
        """Latest validation result of each suite and month."""
        return self.home / "expectations" / self.company

    @property
    def dagster(self) -> Path:
        """The DAGSTER_HOME: its configuration names the company's database."""
        return self.home / "dagster" / self.company

    def relative_bundle(self, model_name: str, version: str) -> str:
        """Path of a version's bundle below the home, as the registry records it."""
        return (self.models / model_name / version).relative_to(self.home).as_posix()
