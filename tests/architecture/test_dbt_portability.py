"""Models run on another engine too: what PostgreSQL does its own way stands in dispatched macros, nowhere else.

The patterns are those of which two engines were tried and one failed, or gave something else without an error.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", flags=re.DOTALL)
COMMENT = re.compile(r"--[^\n]*")
MACRO = re.compile(r"\{%-?\s*macro\s+(\w+)\(.*?-?%\}(.*?)\{%-?\s*endmacro", flags=re.DOTALL)

# pattern: what to write instead
NEEDS_DISPATCH = {
    r"->>?|@>|\bjsonb?_\w+\s*\(|\bto_jsonb?\b": "document_rows, document_text, document_texts",
    r"::": "cast(... as ...) with dbt.type_*",
    r"\bas\s+(text|varchar|double\s+precision|timestamptz|jsonb?|uuid|bytea)\s*\)": "dbt.type_string, dbt.type_float",
    r"\bextract\s*\(\s*(epoch|dow|isodow|doy)\b": "days_between",
    r"\bdistinct\s+on\b": "row_number() over (...)",
    r"\barray\s*\[": "a dispatched macro",
    r"\barray_agg\s*\([^()]*\border\s+by\b": "a dispatched macro",
    r"\b(unnest|generate_series|generate_subscripts)\s*\(": "a dispatched macro",
    r"(?<![\w|])!?~{1,2}\*?(?!\w*')|\bsimilar\s+to\b|\bilike\b": "regexp_like, or lower(...) like",
    r'"\w+"': "a name that needs no quotes",
    r"\b(to_char|to_date|to_timestamp|to_number)\s*\(": "a dispatched macro",
    r"\b(sha256|sha224|digest|encode)\s*\(": "md5 or dbt.hash",
    r"\bconcat(_ws)?\s*\(": "||, which says what becomes of NULL",
    r"\bat\s+time\s+zone\b": "business_instant, business_day",
    r"\binterval\s+'\d+\s+[a-z]": "interval '30' day, or dbt.dateadd",
    r"\b(now|clock_timestamp|statement_timestamp)\s*\(|\bcurrent_(date|timestamp|time)\b": "an instant of the data",
    r"'[^'\n]*\\[^'\n]*'": "a string without backslashes",
}


def plain_sql(text: str) -> str:
    """The SQL that stands in a file itself: without Jinja and comments."""
    return COMMENT.sub("", JINJA.sub(" jinja ", text))


def offences(sql: str) -> list[str]:
    return [
        f"`{match[0].strip()}` (instead: {remedy})"
        for pattern, remedy in NEEDS_DISPATCH.items()
        if (match := re.search(pattern, sql, flags=re.IGNORECASE))
    ]


def test_models_and_tests_hold_nothing_that_only_one_engine_understands() -> None:
    found = {
        str(path.relative_to(PROJECT)): wrong
        for folder in ("models", "tests")
        for path in sorted((PROJECT / folder).rglob("*.sql"))
        if (wrong := offences(plain_sql(path.read_text())))
    }
    assert not found, f"write these in a macro that dispatches: {found}"


def test_macros_hold_it_only_behind_a_dispatch() -> None:
    """Materialisations are written for one adapter and say so; what only they call stands beside them."""
    found = {}
    for path in sorted((PROJECT / "macros").rglob("*.sql")):
        text = path.read_text()
        if path.parent.name in {"daily", "monthly"} or "adapter='postgres'" in text or "run_query(" in text:
            continue
        for name, body in MACRO.findall(text):
            if not name.startswith(("default__", "postgres__", "spark__")) and (wrong := offences(plain_sql(body))):
                found[f"{path.relative_to(PROJECT)}:{name}"] = wrong
    assert not found, f"dispatch these: {found}"


def test_every_dispatch_has_an_implementation() -> None:
    text = "\n".join(path.read_text() for path in (PROJECT / "macros").rglob("*.sql"))
    defined = {name for name, _ in MACRO.findall(text)}
    dispatched = set(re.findall(r"adapter\.dispatch\('(\w+)'\)", text))
    assert dispatched
    assert not {name for name in dispatched if f"default__{name}" not in defined}


@pytest.mark.parametrize(
    "sql",
    [
        "document ->> 'works'",
        "a::int",
        "cast(a as text)",
        "extract(epoch from a - b)",
        "select distinct on (a) a",
        "a ~ '^x'",
        'select "timestamp"',
        "to_char(a, 'YYYY')",
        "a at time zone 'UTC'",
        "a - interval '30 days'",
        "where a < now()",
        "split_part(a, '\\t', 1)",
        "array_agg(a order by b)",
    ],
)
def test_the_patterns_see_what_they_are_for(sql: str) -> None:
    assert offences(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "cast(a as varchar(50))",
        "cast(a as numeric(18, 2))",
        "count(*) filter (where a >= b)",
        "a - interval '30' day",
        "select a || ' %' from b -- not ->> here",
        "extract(year from a)",
        "row_number() over (partition by a order by b desc)",
    ],
)
def test_the_patterns_leave_portable_sql_alone(sql: str) -> None:
    assert not offences(plain_sql(sql))
