"""Several boosted models averaged into one booster.

Belongs here: the average as a model of its own, in LightGBM's text format. Does not: fitting (boosting).

Trees fitted with different seeds differ in their samples of rows and columns; their mean margin is steadier than
any of them. One booster holds the trees of all, each leaf divided by the number of models: prediction, exact
TreeSHAP and storage need no second code path.
"""

from collections.abc import Sequence

import lightgbm

_SCALED = ("leaf_value=", "internal_value=")


def average(boosters: Sequence[lightgbm.Booster]) -> lightgbm.Booster:
    """Return one booster whose margin is the mean margin of the given ones.

    Parameters
    ----------
    boosters : sequence of Booster
        Fitted on the same columns, at least one; of those stopped early only the trees up to the best count.

    Notes
    -----
    The trees' text blocks are joined under the first model's header; ``tree_sizes`` is left out, so that the
    library reads the blocks one after another, and comes back when the result is written.
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
