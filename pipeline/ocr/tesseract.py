"""Tesseract, called through pytesseract and fed a file; its failures become errors that say what to do."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytesseract
from numpy.typing import NDArray
from PIL import Image

from pipeline.errors import BadArguments, MissingDependency, ToolFailed

DPI_PER_X_HEIGHT = 12.5
"""Letters of 24 pixels' x-height stand for a scan at 300 dpi: what Tesseract takes the resolution for are sizes of strokes
and gaps."""

os.environ["OMP_THREAD_LIMIT"] = "1"  # several Tesseracts with threads of their own are up to fifty times slower


def recognise(image: NDArray[np.uint8], *, languages: str = "eng", timeout: float = 120, x_height: float | None = 0.0) -> bytes:
    """Read an image (uint8, height x width) and return Tesseract's hOCR, unchanged.

    `languages` as Tesseract takes them (`eng+fra`), `timeout` in seconds, `x_height` in pixels (0.0: not known; None:
    Tesseract is to judge the resolution itself). Raises
    MissingDependency for an absent Tesseract or language, ToolFailed for a crash or a timeout.
    """
    check_languages(languages)
    dpi = min(600, max(70, round(x_height * DPI_PER_X_HEIGHT))) if x_height else 300
    config = "" if x_height is None else f"--dpi {dpi}"
    with tempfile.TemporaryDirectory(prefix="errata-") as folder, tool_errors(languages, timeout):
        page = Path(folder) / "page.tif"
        Image.fromarray(image).save(page)
        answer = pytesseract.image_to_pdf_or_hocr(str(page), lang=languages, config=config, extension="hocr", timeout=timeout)
    return answer if isinstance(answer, bytes) else str(answer).encode()


@contextmanager
def tool_errors(languages: str, timeout: float) -> Iterator[None]:
    """Turn pytesseract's exceptions into ours."""
    try:
        yield
    except pytesseract.TesseractNotFoundError:
        raise missing_tesseract() from None
    except pytesseract.TesseractError as error:
        raise failure(int(error.status), str(error.message), languages) from None
    except PermissionError:
        raise missing_tesseract() from None
    except RuntimeError as error:
        if "timeout" not in str(error):
            raise
        advice = "Raise the time limit, or look whether the page is a photograph or a table"
        raise ToolFailed(f"Tesseract took more than {timeout:.0f} seconds", advice=advice) from None
    except (FileNotFoundError, UnicodeDecodeError) as error:
        raise ToolFailed(f"Tesseract gave no result ({type(error).__name__})", advice="Run `errata doctor`") from None


def failure(status: int, message: str, languages: str) -> MissingDependency | ToolFailed:
    """The error for a Tesseract that ended with `status`, negative where a signal ended it, and said `message`."""
    if "Failed loading language" in message or "Error opening data file" in message:
        found = re.search(r"Failed loading language '([^']+)'", message)
        return missing_language(found[1] if found else languages)
    said = message.strip()[-200:]
    how = f"was ended by signal {-status}" if status < 0 else f"failed with code {status}"
    return ToolFailed(f"Tesseract {how}" + (f" ({said})" if said else ""), advice="Run `errata doctor`")


def missing_tesseract() -> MissingDependency:
    return MissingDependency("Tesseract is not installed", advice="Install it: apt-get install tesseract-ocr")


def missing_language(language: str) -> MissingDependency:
    package = "tesseract-ocr-" + language.replace("_", "-").lower()
    return MissingDependency(f"Tesseract has no data for “{language}”", advice=f"Install it: apt-get install {package}")


def check_languages(languages: str) -> None:
    """Raise for languages that are misspelt or not installed: Tesseract itself goes on with those that it has."""
    if not re.fullmatch(r"[A-Za-z0-9_/]+(\+[A-Za-z0-9_/]+)*", languages):
        raise BadArguments(f"“{languages}” is no language for Tesseract", advice="Write for example eng or eng+fra")
    have = installed_languages()
    for language in languages.split("+"):
        if language not in have:
            raise missing_language(language)


def installed_languages() -> tuple[str, ...]:
    """The languages that Tesseract has data for, sorted. Raises MissingDependency without Tesseract."""
    return languages_of(program())


def tesseract_version() -> str:
    """Tesseract's version, such as `5.3.0`. Raises MissingDependency without Tesseract."""
    return version_of(program())


def program() -> str:
    """Where Tesseract is. Raises MissingDependency."""
    found = shutil.which(str(pytesseract.pytesseract.tesseract_cmd))
    if found is None:
        raise missing_tesseract()
    return found


@lru_cache
def languages_of(command: str) -> tuple[str, ...]:
    """The answer of `command --list-langs`; its first line is a heading."""
    return tuple(sorted(line.strip() for line in ask(command, "--list-langs").splitlines()[1:] if line.strip()))


@lru_cache
def version_of(command: str) -> str:
    """The number in the answer of `command --version`."""
    found = re.search(r"tesseract\s+v?(\d[\w.]*)", ask(command, "--version"))
    if found is None:
        raise ToolFailed("Tesseract does not say its version", advice="Run `errata doctor`")
    return found[1]


def ask(command: str, option: str) -> str:
    """What Tesseract prints for an option. Raises ToolFailed."""
    try:
        done = subprocess.run([command, option], capture_output=True, text=True, errors="replace", timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ToolFailed(f"Tesseract does not answer to {option}", advice="Run `errata doctor`") from error
    if done.returncode:
        raise failure(done.returncode, done.stderr, "")
    return done.stdout or done.stderr
