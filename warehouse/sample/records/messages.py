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

from warehouse.sample.categories import category_source
from warehouse.sample.simulation.population import FloatArray, IntArray

ENGLISH_SHARE = 0.06
#: Share of contacts that leave a written message: complaints, others.
WRITTEN_COMPLAINT_SHARE, WRITTEN_OTHER_SHARE = 0.8, 0.3


@dataclass(frozen=True)
class Phrases:
    """All bodies in one list; topic t owns ``counts[t]`` of them from ``starts[t]`` on.

    ``details`` has for each body the index of the detail category that its template means.
    """

    bodies: pl.Series
    starts: IntArray
    counts: IntArray
    details: IntArray


@dataclass(frozen=True)
class _Choice:
    """What a message's draw decides; ``body`` and ``body_en`` count within the topic."""

    opening: IntArray
    closing: IntArray
    body: IntArray
    body_en: IntArray
    is_english: np.ndarray[Any, np.dtype[np.bool_]]


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
    number = {code: index for index, code in enumerate(detail_codes())}
    meant = [number[code] for topic in category_source()["details" + suffix] for code in topic]
    details = np.repeat(np.array(meant, dtype=np.int64), len(pests) * len(places))
    return Phrases(bodies, np.cumsum(counts) - counts, counts, details)


def detail_codes() -> list[str]:
    """Name the detail categories that templates mean, in the order of their numbers."""
    source = category_source()
    return sorted({code for group in (source["details"], source["details_en"]) for topic in group for code in topic})


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
    openings, closings = pl.Series(_source()["openings"]), pl.Series(_source()["closings"])
    chosen = _choose(topic, draw)
    korean, english = _phrases(""), _phrases("_en")
    frame = pl.DataFrame(
        {
            "opening": openings.gather(chosen.opening),
            "body": korean.bodies.gather(korean.starts[topic] + chosen.body),
            "closing": closings.gather(chosen.closing),
            "english": english.bodies.gather(english.starts[topic] + chosen.body_en),
            "is_english": chosen.is_english,
        }
    )
    korean_text = pl.concat_str("opening", "body", "closing")
    return frame.select(pl.when("is_english").then("english").otherwise(korean_text).alias("content"))["content"]


def message_details(topic: IntArray, draw: FloatArray) -> IntArray:
    """Detail category per message, an index into :func:`detail_codes`; of the same draw as its text."""
    chosen = _choose(topic, draw)
    korean, english = _phrases(""), _phrases("_en")
    return np.where(
        chosen.is_english,
        english.details[english.starts[topic] + chosen.body_en],
        korean.details[korean.starts[topic] + chosen.body],
    )


def _choose(topic: IntArray, draw: FloatArray) -> _Choice:
    source = _source()
    rest, opening = _digit(draw * 7919 % 1, np.full(len(topic), len(source["openings"])))
    rest, closing = _digit(rest, np.full(len(topic), len(source["closings"])))
    _, body = _digit(rest, _phrases("").counts[topic])
    _, body_en = _digit(rest, _phrases("_en").counts[topic])
    return _Choice(opening, closing, body, body_en, (draw * 104729 % 1) < ENGLISH_SHARE)


def _digit(uniform: FloatArray, base: IntArray) -> tuple[FloatArray, IntArray]:
    """Take one digit of a uniform: what remains is uniform again."""
    place = uniform * base
    return place % 1, np.floor(place).astype(np.int64)
