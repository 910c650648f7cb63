"""The specification lists every documented name with where it answers, and every contradiction that is cited."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.test_repository import ROOT, tracked_files
from tests.contract.tables import PAGE, read_inventory, render

DOCS = ROOT / "docs"
SPECIFICATION = DOCS / "specification"
PAGES = {
    "churn": "churn.md",
    "mlops": "model_operations.md",
    "deskroom": "voice_of_customer.md",
    "escalation": "collections.md",
    "forecasting": "finance.md",
}
STATES = {"built", "in part", "planned"}
# a number in quotes is a customer code of a test
CITED = re.compile(r"""(?<!['"\w])C(\d\d)(?!['"\w])""")
TESTED = re.compile(r"def test_c(\d\d)_")


@cache
def table_rows(path: Path) -> list[list[str]]:
    """Cells of every row of every table of a page."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("| ")]


def anchors(page: Path) -> set[str]:
    """Addresses of the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def systems() -> list[dict[str, Any]]:
    return read_inventory("documented_relations") + read_inventory("planned_relations")


def contradictions() -> dict[int, list[str]]:
    """Cells of each contradiction by its number."""
    rows = table_rows(SPECIFICATION / "contradictions.md")
    return {int(row[0][1:]): row for row in rows if re.fullmatch(r"C\d\d", row[0])}


def test_every_system_has_a_page_and_the_index_links_it() -> None:
    index = (DOCS / "specification.md").read_text(encoding="utf-8")
    assert {system["system"] for system in systems()} == set(PAGES)
    for page in (*PAGES.values(), "columns.md", "contradictions.md", "definitions.md"):
        assert f"(specification/{page})" in index


@pytest.mark.parametrize("system", systems(), ids=lambda system: system["system"])
def test_every_documented_relation_is_in_a_row_with_where_it_answers(system: dict[str, Any]) -> None:
    rows = [" | ".join(row) for row in table_rows(SPECIFICATION / PAGES[system["system"]])]
    missing = [
        relation["name"]
        for relation in system["relations"]
        if not any(f"`{relation['name']}`" in row and f"`{relation['relation']}`" in row for row in rows)
    ]
    assert not missing, f"docs/specification/{PAGES[system['system']]} lacks a row with name and relation of {missing}"


@pytest.mark.parametrize("system", systems(), ids=lambda system: system["system"])
def test_every_documented_function_trigger_and_query_is_named(system: dict[str, Any]) -> None:
    named = {cell for row in table_rows(SPECIFICATION / PAGES[system["system"]]) for cell in row}
    for kind in ("functions", "triggers", "queries"):
        for entry in system.get(kind, []):
            name = entry if isinstance(entry, str) else entry["name"]
            assert f"`{name}`" in named, f"{kind}: {name} is not in docs/specification/{PAGES[system['system']]}"
            if isinstance(entry, dict) and "function" in entry and kind == "functions":
                assert f"`{entry['function']}`" in named


def test_the_page_of_columns_is_the_one_that_would_be_written() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), "run: python -m tests.contract.tables"


def test_planned_relations_do_not_answer_and_say_so() -> None:
    for system in read_inventory("planned_relations"):
        text = (SPECIFICATION / PAGES[system["system"]]).read_text(encoding="utf-8")
        assert "**Planned, does not\nanswer yet**" in text or "**Planned, does not answer yet**" in text
        answering = {one["relation"] for other in read_inventory("documented_relations") for one in other["relations"]}
        assert not answering & {relation["relation"] for relation in system["relations"]}


def test_contradictions_are_numbered_once_with_problem_solution_and_state() -> None:
    rows = contradictions()
    assert sorted(rows) == list(range(1, len(rows) + 1))
    for number, cells in rows.items():
        assert [bool(cell) for cell in cells] == [True] * 4, f"C{number:02} needs problem, solution and state"
        assert cells[3] in STATES, f"C{number:02}: the state is one of {sorted(STATES)}"


def test_every_cited_contradiction_is_in_the_specification() -> None:
    cited = {
        (number, str(path.relative_to(ROOT)))
        for path in tracked_files("*.md", "*.py", "*.sql", "*.yml", "*.csv", "*.html")
        for number in map(int, CITED.findall(path.read_text(encoding="utf-8")))
    }
    unknown = sorted((number, name) for number, name in cited if number not in contradictions())
    assert cited
    assert not unknown, f"docs/specification/contradictions.md lacks these numbers: {unknown}"


def test_every_built_contradiction_has_a_test_of_its_number() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in tracked_files("tests/**/*.py", "tests/*.py"))
    tested = set(map(int, TESTED.findall(text)))
    assert tested <= set(contradictions())
    untested = {n for n, row in contradictions().items() if row[3] == "built"} - tested
    assert not untested, f"write tests named test_c<number>_... for {sorted(untested)}"


def test_readme_and_dbt_docs_lead_to_the_specification() -> None:
    assert "(docs/specification.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert "docs/specification.md" in (ROOT / "dbt_project" / "docs" / "overview.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "path", [*sorted(DOCS.glob("*.md")), *sorted(SPECIFICATION.glob("*.md"))], ids=lambda path: path.name
)
def test_links_of_the_documents_lead_somewhere(path: Path) -> None:
    for target, section in re.findall(r"\]\(([^)#:\s]*)(?:#([^)]*))?\)", path.read_text(encoding="utf-8")):
        page = path.parent / target if target else path
        assert page.exists(), f"{path.name} links {target}, which does not exist"
        assert not section or section in anchors(page), f"{path.name} links {target}#{section}, which is no heading"


def test_a_glossary_term_has_one_meaning_and_tables_are_alphabetical() -> None:
    sections = (DOCS / "glossary.md").read_text(encoding="utf-8").split("\n## ")[1:]
    terms = [re.findall(r"^\| (?!term \|)([^|]+?) \| ", section, flags=re.MULTILINE) for section in sections]
    for section in terms:
        plain = [re.sub(r"[^a-z0-9 ]", "", term.lower().replace("-", " ").replace("_", " ")) for term in section]
        assert plain == sorted(plain)
    flat = [term for section in terms for term in section]
    assert len(flat) == len(set(flat))
