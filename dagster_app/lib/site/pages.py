"""Write the published pages under ``site/<company>``: dbt docs, model cards and the page that links them.

Every page works without a network: what would load from elsewhere is cut out. Data Docs are written by
`expectations`, the health of the models by `health_page`; serving belongs to the command line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dagster_app.lib.dbt.invocation import invoke, raise_for_failure, target_path, write_manifest
from dagster_app.lib.dbt.vars import dbt_vars
from dagster_app.lib.models.store import BundleStore
from dagster_app.lib.recommendation.method_choice import MODEL as RECOMMENDER
from dagster_app.lib.recommendation.months import keep_cards
from ml.cards.page import page_environment
from warehouse.connection import Role, Warehouse
from warehouse.private_files import write_file, write_if_changed

TEMPLATES = Path(__file__).parent / "templates"
CARDS = "models"
VERSIONS = """
select model_name, version, is_active, withdrawal_reason is not null
from ml.model_version
order by id desc
"""
EXTERNAL = re.compile(
    r"<link\b[^>]*href=[\"']?(?:https?:)?//[^>]*>"
    r"|<script\b[^>]*src=[\"']?(?:https?:)?//[^>]*>\s*</script>"
    r"|@import\s+url\([\"']?(?:https?:)?//[^)]*\);?"
    r"|<iframe\b[^>]*>(?:\s*</iframe>)?"
    r"|<noscript>.*?</noscript>",
    re.IGNORECASE | re.DOTALL,
)
TRACKER = re.compile(
    r"https?://[a-z0-9.-]*(?:snowplow|getdbt|googletagmanager|google-analytics|fonts\.g)[^\"'\s)]*", re.I
)


@dataclass(frozen=True)
class Card:
    """One model version's card as the index page lists it."""

    model_name: str
    version: str
    is_active: bool
    address: str


def write_dbt_docs(warehouse: Warehouse, run_id: str) -> int:
    """Write dbt's documentation as one self-contained page; return its size in bytes."""
    target = target_path(f"docs-{run_id[:8]}")
    write_manifest(target, warehouse.dbt_environment())
    arguments = ["docs", "generate", "--static", "--no-compile", "--vars", dbt_vars(warehouse)]
    raise_for_failure(invoke(arguments, connection=warehouse.dbt_environment(), target=target), target)
    page = without_external((target / "static_index.html").read_text(encoding="utf-8"))
    write_file(warehouse.folders.site / "dbt" / "index.html", page)
    return len(page.encode())


def without_external(page: str) -> str:
    """Cut style sheets, scripts, fonts and trackers that would be loaded from elsewhere."""
    return TRACKER.sub("about:blank", EXTERNAL.sub("", page))


def write_model_cards(warehouse: Warehouse) -> list[Card]:
    """Copy the card of every registered version to the site, newest first, and remove the cards of all others.

    The card of a version that was withdrawn is removed where it was made, too.

    Raises
    ------
    FileNotFoundError
        If the card of a registered version is missing.
    """
    store, folder = BundleStore(warehouse.folders.models), warehouse.folders.site / CARDS
    with warehouse.connect(Role.MODEL) as connection:
        rows = connection.execute(VERSIONS).fetchall()
    cards = []
    for model_name, version, is_active, is_withdrawn in rows:
        if is_withdrawn:
            store.card(model_name, version).unlink(missing_ok=True)
        else:
            cards.append(Card(model_name, version, is_active, f"{CARDS}/{version}.html"))
    choices = sorted(keep_cards(warehouse, store), reverse=True)
    cards += [Card(RECOMMENDER, name, place == 0, f"{CARDS}/{name}.html") for place, name in enumerate(choices)]
    for card in cards:
        write_if_changed(folder / f"{card.version}.html", store.card(card.model_name, card.version).read_bytes())
    for path in folder.glob("*.html") if folder.exists() else ():
        if path.stem not in {card.version for card in cards}:
            path.unlink()
    return cards


def write_index(site: Path, company: str, is_simulated: bool, cards: Sequence[Card]) -> Path:
    """Write the page that links everything published."""
    page = (
        page_environment([TEMPLATES])
        .get_template("index.html")
        .render(
            company=company,
            is_simulated=is_simulated,
            cards=cards,
            has_dbt_docs=(site / "dbt" / "index.html").exists(),
            has_health=(site / "health" / "index.html").exists(),
            has_data_docs=(site / "data_docs" / "index.html").exists(),
        )
    )
    path = site / "index.html"
    write_file(path, page)
    return path
