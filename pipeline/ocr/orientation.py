"""Tesseract's opinion on which way up a page is. It takes half a second, so it is asked only in doubt."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import numpy as np
import pytesseract
from numpy.typing import NDArray
from PIL import Image

from pipeline.errors import ToolFailed
from pipeline.ocr.tesseract import installed_languages, tool_errors

LEAST_CONFIDENCE = 2.0
"""Tesseract's own measure; it gives several units where there is a paragraph of text."""


def quarter_turns(image: NDArray[np.uint8], timeout: float = 30) -> int | None:
    """By how many counter-clockwise quarter turns (0-3) a page comes upright; None where Tesseract cannot tell."""
    if "osd" not in installed_languages():
        return None
    try:
        with tempfile.TemporaryDirectory(prefix="errata-") as folder, tool_errors("osd", timeout):
            page = Path(folder) / "page.tif"
            Image.fromarray(image).save(page)
            answer = str(pytesseract.image_to_osd(str(page), config="--dpi 300", timeout=timeout))
    except ToolFailed:  # too few characters is an error to Tesseract
        return None
    clockwise, sure = re.search(r"Rotate: (\d+)", answer), re.search(r"Orientation confidence: ([\d.]+)", answer)
    if clockwise is None or sure is None or float(sure[1]) < LEAST_CONFIDENCE:
        return None
    return -(int(clockwise[1]) // 90) % 4
