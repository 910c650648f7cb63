"""A command group that imports a command's module when it is called, not when it is listed.

Start and `--help` stay fast, however much a command imports. An import error of a module is shown as it is.
"""

from __future__ import annotations

import importlib
import os
from dataclasses import dataclass
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from warehouse.errors import BellwetherError


@dataclass(frozen=True)
class LazyCommand:
    """A command that is not imported yet.

    Parameters
    ----------
    name
        Name on the command line.
    module, attribute
        Where the function or the typer application is.
    summary
        Line in the list of commands.
    example
        Shown below the help, if the help text has none.
    """

    name: str
    module: str
    attribute: str
    summary: str
    example: str = ""

    def listed(self) -> TyperCommand:
        """Return a command for the list: name and summary only."""
        return TyperCommand(self.name, help=self.summary, rich_markup_mode="markdown")

    def loaded(self) -> Any:
        """Import the command."""
        found = getattr(importlib.import_module(self.module), self.attribute)
        if not isinstance(found, typer.Typer):
            single = typer.Typer(add_completion=False, rich_markup_mode="markdown")
            single.command(self.name, context_settings={"help_option_names": ["-h", "--help"]})(found)
            found = single
        command = typer.main.get_command(found)
        command.name = self.name
        if self.example:
            command.epilog = f"Example: `{self.example}`"
        return command


class LazyGroup(TyperGroup):
    """The group of lazy commands that its context settings carry as `obj`."""

    def _lazy(self) -> dict[str, LazyCommand]:
        return {command.name: command for command in self.context_settings["obj"]}

    def list_commands(self, ctx: Any) -> list[str]:
        """Names in the order of the pipeline."""
        return list(self._lazy())

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the entry of the list; `resolve_command` returns the command that runs."""
        found = self._lazy().get(cmd_name)
        return found.listed() if found else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Import the command that is called; an unknown name is handled by the group."""
        found = self._lazy().get(args[0])
        return (args[0], found.loaded(), args[1:]) if found else super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run; show a Bellwether or database error as message, place and remedy, without a traceback."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            failure = error if isinstance(error, BellwetherError) else lost_database(error)
            if failure is None or os.environ.get("BELLWETHER_DEBUG"):
                raise
            show_failure(failure)
            raise typer.Exit(1) from error


def lost_database(error: Exception) -> BellwetherError | None:
    """Explain an operational error of the database (disk full, connection lost); None for any other error."""
    import psycopg

    if not isinstance(error, psycopg.OperationalError):
        return None
    is_full = isinstance(error, psycopg.errors.DiskFull)
    return BellwetherError(
        ("The disk is full: " if is_full else "Lost the database: ") + str(error).strip().splitlines()[0],
        where="the PostgreSQL server of this warehouse (`bellwether db status`)",
        remedy=("free some space, then" if is_full else "check that it is running, then")
        + " run the command again: unfinished changes were rolled back",
    )


def show_failure(error: BellwetherError) -> None:
    """Write a failure to standard error as a panel."""
    from rich.console import Console
    from rich.panel import Panel
    from rich.text import Text

    body = Text(error.what)
    for title, text in (("Where", error.where), ("Remedy", error.remedy)):
        if text:
            body.append(f"\n\n{title}: ", style="bold").append(text)
    Console(stderr=True).print(Panel(body, title="Bellwether stopped", border_style="red", title_align="left"))
