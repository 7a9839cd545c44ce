"""Which way a passage reads best: which way up, or from behind. Tesseract reads it each way: it is asked only in doubt."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ToolFailed
from pipeline.imaging.show_through import MIRRORED
from pipeline.ocr.recognition import installed_languages, recognise
from pipeline.ocr.tokens import parsed, read_lines

LEAST_SCORE = 400.0
"""What some ten clearly read letters come to: fewer decide nothing."""

CLEARLY = 2.0
"""How many times as much must be read one way as any other."""


BEYOND_DOUBT = 6000.0
"""What some 150 clearly read letters come to: the other ways need not be read. Wrong ways came to at most 2000."""


def quarter_turns(
    image: NDArray[np.uint8],
    ways: Sequence[int] = (0, 1, 2, 3),
    *,
    languages: str = "",
    timeout: float = 30,
    engine: str = "pytesseract",
) -> int | None:
    """Which of some ways, quarter turns counter-clockwise (0-3) or MIRRORED, a passage (uint8, height x width, letters of some 24
    pixels' x-height) reads; None where none of them reads clearly better than the others.

    `languages` as Tesseract takes them; unless given English, or whatever else is installed. `engine` as in `recognise`.
    """
    languages = languages or default_language(engine)
    if not languages:
        return None
    scores: dict[int, float] = {}
    try:
        for way in ways:
            view = image[:, ::-1] if way == MIRRORED else np.rot90(image, way)
            scores[way] = readable(view, languages, timeout, engine)
            if scores[way] >= BEYOND_DOUBT:
                return way
    except ToolFailed:
        return None
    best, *others = sorted(scores, key=lambda way: -scores[way])
    clear = scores[best] >= LEAST_SCORE and all(scores[best] >= CLEARLY * scores[way] for way in others)
    return best if clear else None


def default_language(engine: str) -> str:
    """English, or the first language that Tesseract has data for; empty where there is none."""
    found = [language for language in installed_languages(engine) if language not in {"osd", "equ"}]
    return "eng" if "eng" in found else (found or [""])[0]


def readable(image: NDArray[np.uint8], languages: str, timeout: float, engine: str) -> float:
    """How much of an image Tesseract reads with confidence: letters of longer words, each weighed by its confidence above 50."""
    hocr = recognise(np.ascontiguousarray(image), languages=languages, timeout=timeout, layout="block", engine=engine)
    words = [(100 * word.confidence, word.text) for line in read_lines(parsed(hocr), np.eye(3)) for word in line]
    return sum(len(word) * (sure - 50) for sure, word in words if sure > 50 and len(word) > 2 and word.isalpha())
