"""Rendering of templates to pages: the template environment of model cards and of all published pages.

Belongs here: the rules of rendering. Does not: the content of a card or page.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2

TEMPLATES = Path(__file__).parent / "templates"


def page_environment(folders: Sequence[Path] = (TEMPLATES,)) -> jinja2.Environment:
    """Return an environment for templates of some folders: texts are escaped, a missing fact is an error."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folders),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render_page(template: str, **facts: Any) -> str:
    """Return the template of a model card as one self-contained page."""
    return page_environment().get_template(template).render(**facts)
