"""Several boosted models averaged into one booster.

Belongs here: the average as one model, in LightGBM's text format. Does not: fitting (boosting).

Models fitted with different seeds differ in their samples of rows and columns; their mean margin has a lower variance
than any of them. One booster has the trees of all models, with each leaf divided by the number of models. So
prediction, exact TreeSHAP and storage are the same as for a single model.
"""

from collections.abc import Sequence

import lightgbm

_SCALED = ("leaf_value=", "internal_value=")


def average_boosters(boosters: Sequence[lightgbm.Booster]) -> lightgbm.Booster:
    """Return one booster whose margin is the mean margin of the given ones.

    Parameters
    ----------
    boosters : sequence of Booster
        At least one, fitted on the same columns; after early stopping only the trees up to the best iteration are used.

    Notes
    -----
    The text blocks of the trees are joined under the header of the first model. ``tree_sizes`` is left out, so that the
    library reads the blocks one after another; it adds the line again when it writes the model.
    """
    texts = [booster.model_to_string(num_iteration=booster.best_iteration) for booster in boosters]
    header = "\n".join(line for line in texts[0].split("\nTree=", 1)[0].split("\n") if "tree_sizes=" not in line)
    blocks = [block for text in texts for block in _tree_blocks(text)]
    trees = [f"Tree={number}\n{_scaled(block, len(boosters))}" for number, block in enumerate(blocks)]
    tail = texts[0][texts[0].index("end of trees") :]
    return lightgbm.Booster(model_str="\n".join([header.rstrip("\n"), "", *trees, tail]))


def _tree_blocks(text: str) -> list[str]:
    """Return the text of each tree without its ``Tree=`` line."""
    body = text[: text.index("end of trees")]
    return [block.split("\n", 1)[1] for block in body.split("\nTree=")[1:]]


def _scaled(block: str, divisor: int) -> str:
    return "\n".join(_scaled_line(line, divisor) if line.startswith(_SCALED) else line for line in block.split("\n"))


def _scaled_line(line: str, divisor: int) -> str:
    name, values = line.split("=", 1)
    return f"{name}={' '.join(repr(float(value) / divisor) for value in values.split())}"
