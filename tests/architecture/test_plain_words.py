"""Texts for users are in plain words: command help, pages, alerts and remedies, documents.

The list holds words that the project no longer uses, each with its replacement (docs/glossary.md). A word with another,
ordinary use is allowed by its context, with the reason.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cli import COMMANDS

ROOT = Path(__file__).resolve().parents[2]

OLD_WORDS = {
    "road": "pipeline",
    "mend": "correct, fix; of a model: retrain",
    "mends": "corrects, fixes; of a model: retrains",
    "mended": "corrected, fixed; of a model: retrained",
    "mending": "correction; of a model: retraining",
    "serves on": "stays in production",
    "goes on serving": "stays in production",
    "no skill": "random ranking",
    "comes true": "perfectly calibrated",
    "answering less": "coverage against error rate",
    "erring less": "coverage against error rate",
    "real and matters": "statistically significant and large enough",
    "turned round": "flipped",
    "spoken": "tokens, or what is meant",
    "reckon": "compute, estimate",
    "honest": "held-out, best available",
    "witness": "evidence",
    "again in line": "duplicate of line N; line N is kept",
    "read messages": "classify messages",
    "messages read": "messages classified",
    "in words": "as text",
    "speaks for": "supports",
    "nobody acts": "not used",
    "is no": "is not a",
    "are no": "are not",
    "anew": "again",
    "alike": "similar",
    "beside": "next to, together with, compared with",
    "stands": "is",
    "stand in": "are in",
    "lies in": "is in",
    "whoever": "the user who",
    "somebody": "a user, a reviewer, another",
}
ALLOWED = (
    (r"[Rr]oad name address(?:es)?", "the Korean address form of the documented columns of prospects"),
    (r"[Tt]here (?:is|are) no\b", "says that something does not exist"),
    (
        r"(?:is|are) no (?:longer|more|later|earlier|older|newer|larger|smaller|less|fewer|worse|better)\b",
        "a comparison",
    ),
    (r"(?:cluster,\s+|counted \((?:basis )?)alike\b", "the stored name of a kind of reason"),
    (r"stands? for\b", "an abbreviation stands for its words"),
)
_PATTERN = re.compile(
    r"\b(?:" + "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in OLD_WORDS) + r")\b", re.IGNORECASE
)
_ALLOWED_PATTERN = re.compile("|".join(context for context, _ in ALLOWED))


class Text(NamedTuple):
    """A text for users and its place."""

    place: str
    line: int
    content: str


def problems(texts: Iterator[Text]) -> list[str]:
    """List old words outside the allowed contexts, with place and replacement."""
    found = []
    for text in texts:
        allowed = [each.span() for each in _ALLOWED_PATTERN.finditer(text.content)]
        for match in _PATTERN.finditer(text.content):
            if any(first <= match.start() and match.end() <= last for first, last in allowed):
                continue
            line = text.line + text.content.count("\n", 0, match.start())
            word = " ".join(match.group().lower().split())
            excerpt = " ".join(text.content[max(0, match.start() - 40) : match.end() + 40].split())
            found.append(f"{text.place}:{line}: {word!r} -> {OLD_WORDS[word]} (… {excerpt} …)")
    return found


def command_texts(command: Any, name: str) -> Iterator[Text]:
    """Yield help, prompts and epilog of a command and of its subcommands; hidden ones are old names."""
    parts = [command.help, command.short_help, command.epilog]
    for option in command.params:
        parts += [getattr(option, "help", None), getattr(option, "prompt", None)]
    yield Text(f"{name} --help", 1, "\n".join(part for part in parts if isinstance(part, str)))
    for each, subcommand in getattr(command, "commands", {}).items():
        if not subcommand.hidden:
            yield from command_texts(subcommand, f"{name} {each}")


def help_texts() -> Iterator[Text]:
    """Yield the help of `bellwether` and of all its commands."""
    import typer

    from cli import app

    main = typer.main.get_command(app)
    yield Text("bellwether --help", 1, "\n".join([main.help or "", *(command.summary for command in COMMANDS)]))
    for command in COMMANDS:
        yield from command_texts(command.loaded(), f"bellwether {command.name}")


def _blank(match: re.Match[str]) -> str:
    """Remove a match and keep its line breaks, so that line numbers stay right."""
    return "\n" * match.group().count("\n") or " "


def page_texts() -> Iterator[Text]:
    """Yield templates of pages and cards without code and markup."""
    for folder in ("dagster_app", "ml", "expectations"):
        for path in sorted((ROOT / folder).rglob("*.html")):
            content = re.sub(
                r"<script.*?</script>|<style.*?</style>|\{#.*?#\}|<[^>]*>",
                _blank,
                path.read_text(encoding="utf-8"),
                flags=re.S,
            )
            yield Text(path.relative_to(ROOT).as_posix(), 1, content)


def _docstrings(tree: ast.Module) -> set[int]:
    """Return the ids of docstrings: they are for developers."""
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)]
    statements = [each for body in bodies for each in body if isinstance(each, ast.Expr)]
    return {id(each.value) for each in statements}


def message_texts() -> Iterator[Text]:
    """Yield string constants of the modules that raise alerts and of the warehouse, whose errors users read.

    The sample company's records are data, and a revision that has run is history.
    """
    left_out = ("warehouse/migrations/versions/", "warehouse/sample/records/", "warehouse/sample/simulation/")
    for folder in ("dagster_app", "cli", "warehouse", "expectations", "ml/promotion", "ml/monitoring"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            place = path.relative_to(ROOT).as_posix()
            if place.startswith(left_out):
                continue
            tree = ast.parse(path.read_text(encoding="utf-8"))
            docstrings = _docstrings(tree)
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                    yield Text(place, node.lineno, node.value)


def description_texts() -> Iterator[Text]:
    """Yield the YAML of the dbt project: its descriptions are the pages of the dbt docs site."""
    for folder in ("models", "seeds", "snapshots", "macros"):
        for path in sorted((ROOT / "dbt_project" / folder).rglob("*.yml")):
            yield Text(path.relative_to(ROOT).as_posix(), 1, path.read_text(encoding="utf-8"))


def document_texts() -> Iterator[Text]:
    """Yield the documents of the project without code."""
    for pattern in ("README.md", "CONTRIBUTING.md", "docs/**/*.md", "dbt_project/docs/*.md", "expectations/*.md"):
        for path in sorted(ROOT.glob(pattern)):
            place = path.relative_to(ROOT).as_posix()
            content = re.sub(r"```.*?```|`[^`\n]*`", _blank, path.read_text(encoding="utf-8"), flags=re.S)
            yield Text(place, 1, content)


@pytest.mark.parametrize(
    "texts", [help_texts, page_texts, message_texts, description_texts, document_texts], ids=lambda each: each.__name__
)
def test_no_old_word_is_left_in(texts: Any) -> None:
    found = problems(texts())
    assert not found, "use the terms of docs/glossary.md:\n" + "\n".join(found)


def test_every_source_of_texts_is_read() -> None:
    assert len(list(help_texts())) > 40
    assert {"ml", "dagster_app", "expectations"} <= {text.place.split("/")[0] for text in page_texts()}
    assert len(list(description_texts())) > 100
    assert any("alerts" in text.place for text in message_texts())
    assert {"README.md", "docs/models.md"} <= {text.place for text in document_texts()}


@pytest.mark.parametrize(
    ("content", "word"),
    [("X is no month", "is no"), ("The row\nlies  in line 9", "lies in"), ("Mend it.", "mend")],
)
def test_old_words_are_found(content: str, word: str) -> None:
    (found,) = problems(iter([Text("t.md", 1, content)]))
    assert repr(word) in found


@pytest.mark.parametrize("content", ["a road name address", "There is no month", "it is no longer open", "a mendicant"])
def test_ordinary_uses_are_allowed(content: str) -> None:
    assert problems(iter([Text("t.md", 1, content)])) == []
