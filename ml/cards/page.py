"""Model cards as pages: the one way a card's template becomes HTML. What a card says belongs to each model."""

from pathlib import Path
from typing import Any

import jinja2


def render_page(template: str, **facts: Any) -> str:
    """Return a template of this package's folder as one self-contained page; a fact that is missing is an error."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(**facts)
