"""The picture of the asset graph in the README shows the groups that there are."""

from __future__ import annotations

import re

import pytest

from docs.pictures import IMAGES, draw_graph, read_groups


def test_picture_shows_every_group_of_the_asset_graph() -> None:
    groups, edges = read_groups()
    titles = r"<title>(\w+)</title>"
    drawn = set(re.findall(titles, draw_graph(groups, edges)))
    committed = set(re.findall(titles, (IMAGES / "asset_graph.svg").read_text(encoding="utf-8")))
    assert drawn == groups
    assert committed == groups, "draw it again: python -m docs.pictures graph"


def test_group_without_a_place_is_reported() -> None:
    with pytest.raises(ValueError, match="unheard_of"):
        draw_graph({"ingest", "unheard_of"}, frozenset())
