"""A command group that imports a command's module when it is called, not when it is listed.

Starting and `--help` stay quick however heavy a command is; an import error in a module shows as it is.
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
        As typed.
    module, attribute
        Where the function or the typer application is.
    summary
        Its line in the list of commands.
    example
        Shown below its help, where the help itself has none.
    """

    name: str
    module: str
    attribute: str
    summary: str
    example: str = ""

    def listed(self) -> TyperCommand:
        """Make the command for the list: a name and a line."""
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
        """Names in the order of the flow."""
        return list(self._lazy())

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Give what the list shows; `resolve_command` gives what runs."""
        found = self._lazy().get(cmd_name)
        return found.listed() if found else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Import the command that is called; an unknown name gets the group's own answer."""
        found = self._lazy().get(args[0])
        return (args[0], found.loaded(), args[1:]) if found else super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run, and show a failure of ours, or of the database, as what, where and remedy, without a traceback."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            failure = error if isinstance(error, BellwetherError) else lost_database(error)
            if failure is None or os.environ.get("BELLWETHER_DEBUG"):
                raise
            show_failure(failure)
            raise typer.Exit(1) from error


def lost_database(error: Exception) -> BellwetherError | None:
    """Say what it means that the database cannot go on: full, or gone; None for every other error."""
    import psycopg

    if not isinstance(error, psycopg.OperationalError):
        return None
    is_full = isinstance(error, psycopg.errors.DiskFull)
    return BellwetherError(
        ("The disk is full: " if is_full else "The database cannot go on: ") + str(error).strip().splitlines()[0],
        where="the PostgreSQL server of this warehouse (`bellwether db status`)",
        remedy=("free some space, then" if is_full else "see whether it runs, then")
        + " run the command again: what it was writing is as it was before",
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
    Console(stderr=True).print(Panel(body, title="Bellwether cannot go on", border_style="red", title_align="left"))
