"""One line of a page read by itself."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytesseract
from numpy.typing import NDArray
from PIL import Image

from pipeline.errors import ToolFailed
from pipeline.ocr.tesseract import tool_errors


def read_line(image: NDArray[np.uint8], allowed: str = "", *, languages: str = "eng", timeout: float = 20) -> str:
    """The text of an image (uint8, height x width) of one line; only `allowed` characters, unless empty. Empty where Tesseract
    fails."""
    limits = f" -c tessedit_char_whitelist={allowed}" if allowed else ""
    try:
        with tempfile.TemporaryDirectory(prefix="errata-") as folder, tool_errors(languages, timeout):
            line = Path(folder) / "line.tif"
            Image.fromarray(image).save(line)
            config = f"--psm 7 --dpi 300{limits}"
            return str(pytesseract.image_to_string(str(line), lang=languages, config=config, timeout=timeout)).strip()
    except ToolFailed:
        return ""
