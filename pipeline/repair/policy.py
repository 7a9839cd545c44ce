"""When a repair is sure enough to be made, and when it is only suggested."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.ledger import KINDS, Kind

THRESHOLDS: Mapping[Kind, float] = {kind: 0.9 for kind in KINDS} | {
    "quote": 0.76,
    "hyphen": 0.8,
    "apostrophe": 0.85,
    "word": 0.85,
}


@dataclass(frozen=True, slots=True)
class Policy:
    """Thresholds on an edit's probability (0-1): at or above its kind's it is applied, at or above `suggest` it is held."""

    thresholds: Mapping[Kind, float] = field(default_factory=lambda: dict(THRESHOLDS))
    suggest: float = 0.3
    never: frozenset[str] = frozenset()

    def threshold(self, kind: Kind) -> float:
        """Threshold for edits of `kind`; above 1 when the kind is switched off."""
        return 2.0 if kind in self.never else self.thresholds.get(kind, 0.9)
