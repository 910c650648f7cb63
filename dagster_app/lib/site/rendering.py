"""How the health pages are rendered: templates, the way numbers and instants are written, files that change at once.

Does not: what a page says.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
import orjson
from markupsafe import Markup

from ml.cards.page import TEMPLATES as CARD_TEMPLATES
from ml.cards.page import page_environment

OWN_TEMPLATES = Path(__file__).parent / "templates"
NOTHING = "–"


def health_environment(timezone: str) -> jinja2.Environment:
    """Return the environment of the health pages, styled as model cards; instants are in the company's time zone."""
    made = page_environment([OWN_TEMPLATES, CARD_TEMPLATES])
    zone = ZoneInfo(timezone)
    made.filters |= {
        "number": number,
        "share": share,
        "count": count,
        "figure": embedded,
        "instant": lambda value: NOTHING if value is None else f"{value.astimezone(zone):%Y-%m-%d %H:%M}",
        "day": lambda value: NOTHING if value is None else f"{_local(value, zone):%Y-%m-%d}",
    }
    return made


def number(value: float | None, digits: int = 3) -> str:
    """Write a figure with a fixed number of digits, or a dash where there is none."""
    return NOTHING if value is None else f"{value:.{digits}f}"


def share(value: float | None) -> str:
    """Write a ratio as a percentage."""
    return NOTHING if value is None else f"{value:.1%}"


def count(value: int | None) -> str:
    """Write a whole number with its thousands apart."""
    return NOTHING if value is None else f"{value:,}"


def embedded(figure: dict[str, Any]) -> Markup:
    """Return a figure as JSON that can stand inside a script element, whatever names it holds."""
    text = orjson.dumps(figure).decode().replace("<", "\\u003c")
    return Markup(text)  # noqa: S704 - nothing in it can end the element


def _local(value: date | datetime, zone: ZoneInfo) -> date | datetime:
    return value.astimezone(zone) if isinstance(value, datetime) else value
