"""What an engine is that reads images, and how it says what it lacks.

To add one: a class with these members in a file of its own, a line in `recognition.ENGINES`, its name in `settings.Engine` and in
`--engine`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import MissingDependency, ToolFailed

os.environ["OMP_THREAD_LIMIT"] = "1"  # several Tesseracts with threads of their own are up to fifty times slower

Layout = Literal["page", "block", "line", "scattered"]
SEGMENTATION: Mapping[Layout, int] = {"page": 3, "block": 6, "line": 7, "scattered": 11}
"""Tesseract's page segmentation modes; `scattered`: as much text as there is, in no order."""


@dataclass(frozen=True, slots=True)
class Task:
    """How an image is to be read. `languages`: codes joined by `+`, all of which the engine has; `timeout`: seconds; `dpi`: the
    resolution that the image is taken to have, None where the engine judges that itself; `layout`: what the image shows;
    `allowed`: the only characters there can be, empty for any."""

    languages: str = "eng"
    timeout: float = 120.0
    dpi: int | None = 300
    layout: Layout = "page"
    allowed: str = ""


class Engine(Protocol):
    """One way to read an image."""

    @property
    def in_process(self) -> bool:
        """Whether the engine runs in the process that calls it, which then dies with it."""

    def version(self) -> str:
        """The version of what reads, such as `5.3.0`. Raises MissingDependency, ToolFailed."""

    def languages(self) -> tuple[str, ...]:
        """The languages that there are data for, sorted. Raises MissingDependency, ToolFailed."""

    def hocr(self, image: NDArray[np.uint8], task: Task) -> bytes:
        """The hOCR (XHTML, UTF-8) of an image (uint8, height x width): words with boxes and `x_wconf`.

        The same image gives the same hOCR, whatever was read before. Raises MissingDependency, and ToolFailed for a failure
        or a timeout.
        """


def missing_language(*languages: str) -> MissingDependency:
    """The error for languages that there are no data for."""
    named = " and ".join(f"“{language}”" for language in languages)
    packages = ("tesseract-ocr-" + re.sub("[_/]", "-", language).lower() for language in languages)
    advice = f"Install {'it' if len(languages) == 1 else 'them'}: apt-get install {' '.join(packages)}"
    return MissingDependency(f"Tesseract has no data for {named}", advice=advice)


def took_too_long(timeout: float) -> ToolFailed:
    advice = "Raise the time limit, or look whether the page is a photograph or a table"
    return ToolFailed(f"Tesseract took more than {timeout:.0f} seconds", advice=advice)
