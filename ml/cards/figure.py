"""The style of all charts, and SVG to embed in a page.

Belongs here: colours, sizes, SVG that uses the page's text colour. Does not: what a chart shows.
"""

import io
import re
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

MODEL_COLOUR = "#0f7b8a"
LOGISTIC_COLOUR = "#c2701c"
LAST_SCORE_COLOUR = "#8a63b8"
MUTED_COLOUR = "#8b949e"
_PAGE_TEXT = "#010203"  # stands for the page's own text colour, replaced after drawing

_STYLE: Any = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": _PAGE_TEXT,
    "axes.labelcolor": _PAGE_TEXT,
    "axes.edgecolor": MUTED_COLOUR,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": MUTED_COLOUR,
    "grid.alpha": 0.25,
    "grid.linewidth": 0.6,
    "xtick.color": _PAGE_TEXT,
    "ytick.color": _PAGE_TEXT,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "figure.constrained_layout.use": True,
}


def draw(name: str, paint: Callable[[Any], None], *, width: float = 5.2, height: float = 3.7) -> str:
    """Return a chart as SVG text to put into a page.

    Parameters
    ----------
    name : str
        Unique in the page. It seeds the identifiers inside the SVG and is its accessible name.
    paint : callable
        Draws on the axes it is given.
    width, height : float
        Size in inches at 72 units an inch; the page scales it.

    Notes
    -----
    The same data give the same bytes: no date is written and identifiers are seeded.
    """
    with mpl.rc_context({**_STYLE, "svg.hashsalt": name}):
        figure = Figure(figsize=(width, height))
        canvas: Any = FigureCanvasSVG(figure)
        paint(figure.add_subplot())
        figure.patch.set_alpha(0)
        for axes in figure.axes:
            axes.patch.set_alpha(0)
        buffer = io.StringIO()
        canvas.print_svg(buffer, metadata={"Date": None})
    return _inline(buffer.getvalue(), name)


def _inline(document: str, name: str) -> str:
    """Remove the XML prologue, scale to the page, use its text colour and make identifiers unique."""
    svg = document[document.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r' (width|height)="[\d.]+pt"', "", svg, count=2)
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', svg)
    svg = re.sub(r'(xlink:href="#|href="#|url\(#)', rf"\g<1>{name}-", svg)
    svg = svg.replace("<svg ", f'<svg role="img" aria-label="{name.replace("-", " ")}" ', 1)
    return svg.replace(_PAGE_TEXT, "currentColor")
