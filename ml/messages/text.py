"""The text of a message: cleaned, limited in length, split into sentences.

Belongs here: preparation of texts. Does not: features or categories.
"""

import re
import unicodedata

MAX_CHARACTERS = 8_000
"""Longer messages are cut."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff]")
_SPACE = re.compile(r"[ \t\u00a0\u3000]+")
_LETTER = re.compile(r"[^\W\d_]")
_SENTENCE = re.compile(r"[^.!?\u3002\uff01\uff1f\n]+[.!?\u3002\uff01\uff1f]*")


def clean(content: str | None) -> str:
    """Return the text in one Unicode form, without control characters, cut at `MAX_CHARACTERS`; '' for none."""
    if not isinstance(content, str):
        return ""
    text = unicodedata.normalize("NFC", content[:MAX_CHARACTERS])
    return _SPACE.sub(" ", _CONTROL.sub(" ", text)).strip()


def is_readable(text: str) -> bool:
    """Whether a cleaned text has at least two letters of any script."""
    return len(_LETTER.findall(text[:400])) >= 2


def sentences(text: str) -> list[str]:
    """Split a cleaned text at full stops, question and exclamation marks and line breaks."""
    return [found for part in _SENTENCE.findall(text) if (found := part.strip())]
