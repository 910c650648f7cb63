"""Model card of the recommender: the choice of a ranking method.

Belongs here: the content of the page. Does not: measuring (evaluation) or choosing (choice).
"""

from collections.abc import Mapping
from datetime import date

from ml.cards.page import render_page
from ml.recommendation.choice import MethodChoice


def render_recommender_card(
    by_kind: Mapping[str, MethodChoice], version: str, before: date, after: date, *, is_simulated: bool
) -> str:
    """Return the card as one self-contained HTML page.

    Parameters
    ----------
    by_kind : mapping of item kind to Choice
    version : str
    before, after : date
        Snapshot months of the time split.
    is_simulated : bool
        True puts a banner on the page: the purchases are simulated.
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
