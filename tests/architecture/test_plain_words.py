"""Help, pages, alerts and documents use the field's words: a list of older words finds nothing in them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import typer

from tests.architecture.test_repository import ROOT, tracked_files

# older word: what is written instead
OLD_WORDS = {
    r"\broads?\b(?! name)": "pipeline",
    r"\bmend(s|ed|ing)?\b": "correct, fix, retrain",
    r"\bserves on\b|\bgoes on serving\b": "stays in production",
    r"\bno skill\b": "random ranking",
    r"what is said comes true": "perfectly calibrated",
    r"answering less|erring less": "coverage against error rate",
    r"\bturned round\b": "flipped",
    r"\breal and matters\b": "statistically significant and large enough",
    r"\bspoken\b|\breckon(s|ed)?\b|\bwitness(es)?\b": "a standard term",
    r"\bhonest(y|ly)?\b": "held-out",
    r"\bspeaks? (for|against)\b": "supports, opposes",
    r"\bnobody acts\b": "is not used",
    r"\banew\b": "again",
    r"\bwhoever\b|\bsomebody\b": "a user, a reviewer, a process",
    r"\bagain in line \d": "duplicate of line N; line N is kept",
}
NOT_READ_BY_USERS = {"docs/glossary.md", "docs/naming.md", "CHANGELOG.md"}
"""Documents that name older words to say what replaced them."""


def command_texts() -> Iterator[tuple[str, str]]:
    """Help of every command: its own, of its options and of its arguments."""
    from cli import COMMANDS, app

    yield "bellwether", str(typer.main.get_command(app).help)
    for listed in COMMANDS:
        yield listed.name, listed.summary
        pending = [(listed.name, listed.loaded())]
        while pending:
            name, command = pending.pop()
            yield name, str(command.help or "")
            yield from ((name, str(getattr(parameter, "help", "") or "")) for parameter in command.params)
            pending += [(f"{name} {key}", child) for key, child in getattr(command, "commands", {}).items()]


def page_texts() -> Iterator[tuple[str, str]]:
    """Templates of pages and cards."""
    for path in tracked_files("*.html"):
        yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def document_texts() -> Iterator[tuple[str, str]]:
    """README, CONTRIBUTING, docs and the overview of dbt's documentation."""
    for path in tracked_files("README.md", "CONTRIBUTING.md", "docs/*.md", "docs/**/*.md", "dbt_project/docs/*.md"):
        name = str(path.relative_to(ROOT))
        if name not in NOT_READ_BY_USERS:
            yield name, path.read_text(encoding="utf-8")


def alert_texts() -> Iterator[tuple[str, str]]:
    """Strings of the modules that raise alerts, docstrings included."""
    folders = ("dagster_app/lib/alerts", "dagster_app/lib/monitoring", "dagster_app/lib/promotion", "ml/promotion")
    modules = [path for folder in folders for path in sorted((ROOT / folder).glob("*.py"))]
    for path in [*modules, ROOT / "dagster_app" / "lib" / "runs" / "failures.py", ROOT / "warehouse" / "health.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value


def found(texts: Iterator[tuple[str, str]]) -> list[str]:
    return [
        f"{place}: `{match[0]}` (instead: {better})"
        for place, text in texts
        for old, better in OLD_WORDS.items()
        for match in re.finditer(old, text, flags=re.IGNORECASE)
    ]


def test_command_help_uses_plain_words() -> None:
    assert not found(command_texts())


def test_pages_use_plain_words() -> None:
    assert not found(page_texts())


def test_documents_use_plain_words() -> None:
    assert not found(document_texts())


def test_alerts_use_plain_words() -> None:
    assert not found(alert_texts())


def test_an_older_word_is_found() -> None:
    assert found(iter([("place", "mend the file")])) == ["place: `mend` (instead: correct, fix, retrain)"]


def test_documents_that_are_left_out_exist() -> None:
    assert all((ROOT / Path(name)).is_file() for name in NOT_READ_BY_USERS)
