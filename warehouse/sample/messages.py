"""Texts of messages, consistent with the topic that the simulation chose.

All combinations of template, pest and place are written out once; a message is an opening, one of
them and a closing, chosen by one uniform draw. About one in sixteen is in English.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import yaml

from warehouse.sample.population import FloatArray, IntArray

ENGLISH_SHARE = 0.06
#: Share of contacts that leave a written message: complaints, others.
WRITTEN_COMPLAINT_SHARE, WRITTEN_OTHER_SHARE = 0.8, 0.3


@dataclass(frozen=True)
class Phrases:
    """All bodies in one list; topic t owns ``counts[t]`` of them from ``starts[t]`` on."""

    bodies: pl.Series
    starts: IntArray
    counts: IntArray


@cache
def _source() -> dict[str, Any]:
    with (Path(__file__).parent / "messages.yml").open(encoding="utf-8") as file:
        source: dict[str, Any] = yaml.safe_load(file)
        return source


@cache
def _phrases(suffix: str) -> Phrases:
    source = _source()
    pests, places = source["pests" + suffix], source["places" + suffix]
    groups = [
        [template.format(pest=pest, place=place) for template in topic for pest in pests for place in places]
        for topic in source["topics" + suffix]
    ]
    counts = np.array([len(group) for group in groups], dtype=np.int64)
    bodies = pl.Series([body for group in groups for body in group])
    return Phrases(bodies, np.cumsum(counts) - counts, counts)


def is_written(topic: IntArray, draw: FloatArray, first_other_topic: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether a contact left a message; uses the upper part of the same draw as the text."""
    share = np.where(topic < first_other_topic, WRITTEN_COMPLAINT_SHARE, WRITTEN_OTHER_SHARE)
    return draw < share


def message_texts(topic: IntArray, draw: FloatArray) -> pl.Series:
    """Text per message.

    Parameters
    ----------
    topic : array of int, shape (messages,)
        Index of the topic.
    draw : array of float in [0, 1), shape (messages,)
        Decides opening, body, closing and language by its successive digits.
    """
    source = _source()
    openings, closings = pl.Series(source["openings"]), pl.Series(source["closings"])
    rest, opening = _digit(draw * 7919 % 1, np.full(len(topic), len(openings)))
    rest, closing = _digit(rest, np.full(len(topic), len(closings)))
    is_english = (draw * 104729 % 1) < ENGLISH_SHARE
    korean, english = _phrases(""), _phrases("_en")
    _, body = _digit(rest, korean.counts[topic])
    _, body_en = _digit(rest, english.counts[topic])
    frame = pl.DataFrame(
        {
            "opening": openings.gather(opening),
            "body": korean.bodies.gather(korean.starts[topic] + body),
            "closing": closings.gather(closing),
            "english": english.bodies.gather(english.starts[topic] + body_en),
            "is_english": is_english,
        }
    )
    korean_text = pl.concat_str("opening", "body", "closing")
    return frame.select(pl.when("is_english").then("english").otherwise(korean_text).alias("content"))["content"]


def _digit(uniform: FloatArray, base: IntArray) -> tuple[FloatArray, IntArray]:
    """Take one digit of a uniform: what remains is uniform again."""
    place = uniform * base
    return place % 1, np.floor(place).astype(np.int64)
