"""Links between the documents of the project lead somewhere."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from tests.architecture.test_repository import ROOT, tracked_files

LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


@cache
def anchors(path: Path) -> frozenset[str]:
    """Addresses of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", CODE.sub("", path.read_text(encoding="utf-8")), re.MULTILINE)
    return frozenset(re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings)


def broken_links(page: Path) -> list[str]:
    """Links of a page to a file or heading that does not exist."""
    found = []
    for link in LINK.findall(CODE.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            found.append(f"{page.relative_to(ROOT)}: {link}")
    return found


def test_links_between_documents_lead_to_a_file_and_a_heading() -> None:
    pages = [path for path in tracked_files("*.md") if "dbt_project" not in path.parts]
    assert len(pages) > 10
    assert not [link for page in pages for link in broken_links(page)]


def test_links_and_headings_are_recognised() -> None:
    page = ROOT / "docs" / "glossary.md"
    assert "time" in anchors(page)
    assert "no-such-heading" not in anchors(page)
    assert LINK.findall("see [a](b.md#c) and [d](e)") == ["b.md#c", "e"]
