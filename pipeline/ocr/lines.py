"""One line of a page read by itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ToolFailed
from pipeline.ocr.recognition import recognise
from pipeline.ocr.tokens import parsed, read_lines


def read_line(
    image: NDArray[np.uint8], allowed: str = "", *, languages: str = "eng", timeout: float = 20, engine: str = "pytesseract"
) -> str:
    """The text of an image (uint8, height x width) of one line; only `allowed` characters, unless empty. Empty where Tesseract
    fails. `engine` as in `recognise`."""
    try:
        hocr = recognise(image, languages=languages, timeout=timeout, layout="line", allowed=allowed, engine=engine)
    except ToolFailed:
        return ""
    return " ".join(word.text for line in read_lines(parsed(hocr), np.eye(3)) for word in line)
