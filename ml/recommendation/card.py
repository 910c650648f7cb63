"""One page per choice of a recommending method that a person can judge it by.

Belongs here: what the page says. Does not: measuring (evaluation) or choosing (choice).
"""

from collections.abc import Mapping
from datetime import date

from ml.cards.page import render_page
from ml.recommendation.choice import Choice


def render(by_kind: Mapping[str, Choice], version: str, before: date, after: date, *, is_simulated: bool) -> str:
    """Return the card as one self-contained HTML page.

    Parameters
    ----------
    by_kind : mapping of item kind to Choice
    version : str
    before, after : date
        Snapshot months of the time split.
    is_simulated : bool
        True puts a banner on the page: nobody bought these things.
    """
    kinds = [(kind, choice, choice.comparison.to_dict("records")) for kind, choice in by_kind.items()]
    return render_page(
        "recommender_card.html",
        kinds=kinds,
        version=version,
        before=f"{before:%Y-%m}",
        after=f"{after:%Y-%m}",
        is_simulated=is_simulated,
    )
