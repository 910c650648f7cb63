"""Settings of one machine: home, database, company, notifications.

Every field is read from the environment as `BELLWETHER_<FIELD>`. Out of scope: thresholds,
prices and cut-offs of the business (dbt seeds, `expectations/thresholds.yml`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from warehouse.errors import BellwetherError


def project_root() -> Path:
    """Folder that contains `dbt_project` and the packages: the checkout, or where the package is installed.

    Raises
    ------
    BellwetherError
        When the installation is not complete.
    """
    folder = Path(__file__).resolve().parents[1]
    if not (folder / "dbt_project" / "dbt_project.yml").is_file():
        raise BellwetherError(
            "This installation of Bellwether has no dbt project.",
            where=str(folder / "dbt_project"),
            remedy="install the wheel or the checkout again",
        )
    return folder


def default_home() -> Path:
    """Folder of all local data: `.bellwether` in a checkout, the platform's data folder for an installed package."""
    folder = project_root()
    if (folder / "pyproject.toml").is_file():
        return folder / ".bellwether"
    return platformdirs.user_data_path("bellwether", appauthor=False)


class Settings(BaseSettings):
    """The settings of one process.

    Parameters
    ----------
    home
        Folder of everything Bellwether writes (default: `default_home`): `postgres/` (data), `run/` (sockets, locks),
        `inbox/`, `sample/`, `logs/`, and what one company owns, `models/<company>/` (bundles), `site/<company>/`,
        `outbox/<company>/`, `audit/<company>/`, `expectations/<company>/`, `dagster/<company>/` (see
        `warehouse.folders`).
    database_url
        A PostgreSQL 15 or newer of your own; none: the embedded server.
    company
        The company; default: the one of the last run.
    notify_urls
        Apprise addresses, separated by commas or as a JSON list; default: a file, `outbox/<company>/alerts.jsonl`.
    mlflow_tracking_uri
        MLflow server for run logs, in addition to the registry; default: none.
    """

    model_config = SettingsConfigDict(
        env_prefix="BELLWETHER_",
        frozen=True,
        env_ignore_empty=True,
        hide_input_in_errors=True,  # addresses contain passwords
    )

    home: Path = Field(default_factory=default_home)
    database_url: SecretStr | None = None
    company: str | None = None
    notify_urls: Annotated[list[str], NoDecode] = Field(default_factory=list, repr=False)
    mlflow_tracking_uri: str | None = Field(default=None, repr=False)

    @field_validator("home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        """Resolve against the working directory at once: a later change of directory does not change the home."""
        return value.expanduser().absolute()

    @field_validator("notify_urls", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """Split the text of an environment variable: a JSON list, or commas."""
        if not isinstance(value, str):
            return value
        if value.lstrip().startswith("["):
            return json.loads(value)
        return [part.strip() for part in value.split(",") if part.strip()]

    @property
    def postgres_dir(self) -> Path:
        """Data of the embedded server."""
        return self.home / "postgres"

    @property
    def run_dir(self) -> Path:
        """Sockets, locks and marks of running processes."""
        return self.home / "run"

    @property
    def inbox_dir(self) -> Path:
        """Data packages that a sensor loads."""
        return self.home / "inbox"

    @property
    def sample_dir(self) -> Path:
        """The generated sample company."""
        return self.home / "sample"

    @property
    def logs_dir(self) -> Path:
        """Logs of the server and of runs."""
        return self.home / "logs"


def load_settings() -> Settings:
    """Read the settings from the environment of this moment.

    Raises
    ------
    BellwetherError
        A variable cannot be read. Its value is not shown: it may contain a password.
    """
    try:
        return Settings()
    except ValidationError as error:
        problems = [f"BELLWETHER_{'.'.join(map(str, one['loc'])).upper()}: {one['msg']}" for one in error.errors()]
    raise BellwetherError(
        "A setting cannot be read.",
        where="; ".join(problems),
        remedy="see the table of settings in the README, or unset the variable",
    )
