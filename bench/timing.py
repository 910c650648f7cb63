"""What one measured process says of itself."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Timing:
    """Seconds of work, without imports and connecting, and the rows they were for.

    Parameters
    ----------
    parts : dict of str to float
        Seconds of parts worth naming.
    """

    seconds: float
    rows: int
    parts: dict[str, float] = field(default_factory=dict)
