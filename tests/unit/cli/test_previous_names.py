"""Names of commands and options before 0.2 still work and are not listed."""

from __future__ import annotations

import pytest
import typer
from typer.testing import CliRunner

from cli import db, models, voc


@pytest.mark.parametrize(
    ("app", "previous", "present"), [(voc.app, "read", "classify"), (db.app, "rehearse", "test-restore")]
)
def test_previous_command_runs_the_present_one_and_is_hidden(app: typer.Typer, previous: str, present: str) -> None:
    registered = {
        command.name or getattr(command.callback, "__name__", ""): command for command in app.registered_commands
    }
    assert registered[previous].callback is registered[present].callback
    assert registered[previous].hidden
    listed = CliRunner().invoke(app, ["--help"]).output
    assert present in listed
    assert f" {previous} " not in listed


@pytest.mark.parametrize("command", ["promote", "rollback", "challenge", "override"])
def test_because_is_accepted_as_reason_and_is_not_listed(command: str) -> None:
    listed = CliRunner().invoke(models.app, [command, "--help"]).output
    assert "--reason" in listed
    assert "--because" not in listed
    answered = CliRunner().invoke(models.app, [command, "--because"]).output
    assert "No such option" not in answered
    assert "requires an argument" in answered
