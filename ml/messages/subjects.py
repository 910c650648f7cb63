"""Subject of a message (pest, product or place), by a dictionary of terms.

Belongs here: finding terms. Does not: the terms, which the caller reads from a table.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class SubjectDictionary:
    """Terms and their subjects.

    Parameters
    ----------
    terms : sequence of (term, subject)
        Latin terms match complete words; others match anywhere, because Korean particles are attached to their noun.
    """

    terms: Sequence[tuple[str, str]]

    @cached_property
    def _subject_of(self) -> dict[str, str]:
        return {term.lower(): subject for term, subject in self.terms}

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        longest_first = sorted(self._subject_of, key=lambda term: (-len(term), term))
        parts = [rf"\b{re.escape(term)}\b" if term.isascii() else re.escape(term) for term in longest_first]
        return re.compile("|".join(parts)) if parts else None

    def subject(self, text: str) -> str | None:
        """Return the subject named most often; ties: the one named first; None if none is named."""
        if self._pattern is None:
            return None
        found = [self._subject_of[match] for match in self._pattern.findall(text.lower())]
        if not found:
            return None
        counts = Counter(found)
        return max(counts, key=lambda subject: (counts[subject], -found.index(subject)))
