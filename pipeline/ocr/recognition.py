"""Reading an image with the engine of one's choice."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import BadArguments, PipelineError
from pipeline.ocr.engine import Engine, Layout, Task, missing_language
from pipeline.ocr.tesseract import Program
from pipeline.ocr.tesserocr_engine import InProcess


class Both:
    """The engine `both`: the program reads, and the library is asked once more for pages in doubt (see `second_reader`)."""

    in_process = True

    def version(self) -> str:
        return f"{PROGRAM.version()} and {LIBRARY.version()}"

    def languages(self) -> tuple[str, ...]:
        return tuple(sorted(set(PROGRAM.languages()) & set(LIBRARY.languages())))

    def hocr(self, image: NDArray[np.uint8], task: Task) -> bytes:
        return PROGRAM.hocr(image, task)


PROGRAM, LIBRARY = Program(), InProcess()
ENGINES: Mapping[str, Engine] = {"tesserocr": LIBRARY, "pytesseract": PROGRAM, "both": Both()}
"""The engines by name."""
AUTO = ("tesserocr", "pytesseract")
"""`auto` is the first of these that is ready, and else the last, which says what is missing."""

DPI_PER_X_HEIGHT = 12.5
"""Letters of 24 pixels' x-height stand for a scan at 300 dpi: what Tesseract takes the resolution for are sizes of strokes
and gaps."""


def recognise(
    image: NDArray[np.uint8],
    *,
    languages: str = "eng",
    timeout: float = 120,
    x_height: float | None = 0.0,
    layout: Layout = "page",
    allowed: str = "",
    engine: str = "pytesseract",
) -> bytes:
    """Read an image (uint8, height x width) and return the engine's hOCR, unchanged.

    `languages` as Tesseract takes them (`eng+fra`), `timeout` in seconds, `x_height` in pixels (0.0: not known; None:
    Tesseract is to judge the resolution itself), `layout`: what the image shows, `allowed`: the only characters there can be,
    unless empty, `engine`: a name in ENGINES or `auto`. Raises
    MissingDependency for an absent engine or language, ToolFailed for a failure or a timeout.
    """
    reader = ENGINES[chosen(engine)]
    check_languages(languages, reader)
    dpi = min(600, max(70, round(x_height * DPI_PER_X_HEIGHT))) if x_height else 300
    return reader.hocr(image, Task(languages, timeout, None if x_height is None else dpi, layout, allowed))


def chosen(engine: str) -> str:
    """The name of the engine that `engine` stands for."""
    if engine != "auto":
        return engine
    return next((name for name in AUTO if is_ready(ENGINES[name])), AUTO[-1])


def second_reader(engine: str) -> str | None:
    """The engine that reads pages in doubt once more besides `engine`, if any."""
    return "tesserocr" if engine == "both" else None


def is_ready(engine: Engine) -> bool:
    """Whether an engine is installed, with data for at least one language."""
    try:
        return bool(engine.version() and engine.languages())
    except PipelineError:
        return False


def check_languages(languages: str, engine: Engine) -> None:
    """Raise for languages that are misspelt or not installed: Tesseract itself goes on with those that it has."""
    if not re.fullmatch(r"[A-Za-z0-9_/]+(\+[A-Za-z0-9_/]+)*", languages):
        raise BadArguments(f"“{languages}” is no language for Tesseract", advice="Write for example eng or eng+fra")
    have = engine.languages()
    if missing := [language for language in languages.split("+") if language not in have]:
        raise missing_language(*missing)


def installed_languages(engine: str = "pytesseract") -> tuple[str, ...]:
    """The languages that an engine has data for, sorted. Raises MissingDependency without it."""
    return ENGINES[chosen(engine)].languages()


def tesseract_version(engine: str = "pytesseract") -> str:
    """The version of an engine's Tesseract, such as `5.3.0`. Raises MissingDependency without it."""
    return ENGINES[chosen(engine)].version()
