"""What there is to say of a page when a document is checked for completeness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

RemarkKind = Literal[
    "not read", "missing pages", "same scan", "same page", "folio", "no type", "nothing read", "ink not read", "turned", "blank"
]

MOST_WORDS_OF_PICTURE = 40
"""Pages with fewer words may be pictures, and say too little to be compared by their words."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something an archivist should know of a page: its kind, and a sentence."""

    kind: RemarkKind
    message: str
