"""What one machine decides: where the data lives, which database, which company, who is notified.

Every field is read from the environment as `BELLWETHER_<FIELD>`. Does not belong here: thresholds,
prices and cut-offs of the business (dbt seeds, `expectations/thresholds.yml`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from warehouse.errors import BellwetherError


def project_root() -> Path:
    """Folder of the checkout: the one that holds `dbt_project` and `pyproject.toml`.

    Raises
    ------
    BellwetherError
        When the package is not run from a checkout.
    """
    here = Path(__file__).resolve().parents[1]
    for folder in (here, Path.cwd(), *Path.cwd().parents):
        if (folder / "pyproject.toml").is_file() and (folder / "dbt_project").is_dir():
            return folder
    raise BellwetherError(
        "The Bellwether checkout was not found.",
        where=f"looked in {here} and in {Path.cwd()} and above",
        remedy="run the command inside the checkout, or install it with `make run` there",
    )


class Settings(BaseSettings):
    """The settings of one process.

    Parameters
    ----------
    home
        Folder of everything Bellwether writes: `postgres/` (data), `run/` (sockets, locks), `inbox/`, `sample/`,
        `logs/`, and what one company owns, `models/<company>/` (bundles), `site/<company>/`, `outbox/<company>/`,
        `expectations/<company>/`, `dagster/<company>/` (see `warehouse.folders`).
    database_url
        A PostgreSQL 15 or newer of your own; none: the embedded server.
    company
        The company whose warehouse is meant; none: the one last loaded.
    notify_urls
        Apprise addresses, separated by commas or as a JSON list; none: a file, `outbox/<company>/alerts.jsonl`.
    mlflow_tracking_uri
        Where runs are logged beside our own registry; none: nowhere.
    """

    model_config = SettingsConfigDict(
        env_prefix="BELLWETHER_",
        frozen=True,
        env_ignore_empty=True,
        hide_input_in_errors=True,  # addresses hold passwords
    )

    home: Path = Field(default_factory=lambda: project_root() / ".bellwether")
    database_url: SecretStr | None = None
    company: str | None = None
    notify_urls: Annotated[list[str], NoDecode] = Field(default_factory=list, repr=False)
    mlflow_tracking_uri: str | None = Field(default=None, repr=False)

    @field_validator("home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        """Resolve against the working directory at once: later changes of directory do not move the home."""
        return value.expanduser().absolute()

    @field_validator("notify_urls", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """Take apart the one text that an environment variable can hold: a JSON list, or commas."""
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
        A variable cannot be read. Its value, which may hold a password, is not shown.
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
