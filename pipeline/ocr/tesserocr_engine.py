"""Tesseract within this process, through tesserocr: the model is loaded once, nothing is written to disk.

tesserocr is optional, and its wheels bring a Tesseract of their own without data: those of the system's Tesseract are used.
"""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import MissingDependency, PipelineError, ToolFailed
from pipeline.ocr.engine import SEGMENTATION, Task, missing_language, took_too_long
from pipeline.ocr.tesseract import ask, program

PLACES = (
    "/usr/share/tesseract-ocr/*/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
    "Program Files/Tesseract-OCR/tessdata",
)
"""Where Tesseract's data usually lie, from the root of the file system."""

GRACE = 30.0
"""Seconds after its time limit from which a worker that is still reading is ended: Tesseract looks at the clock while it reads
lines, but not while it looks for them."""

PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
<head><title></title><meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>
<meta name="ocr-system" content="tesseract {version}"/>
<meta name="ocr-capabilities" content="ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrp_wconf"/></head>
<body>
{body}</body></html>
"""
"""What Tesseract's program puts around the hOCR of a page."""


class InProcess:
    """The engine `tesserocr`."""

    in_process = True

    def version(self) -> str:
        found = re.search(r"tesseract\s+v?(\d[\w.]*)", str(tesserocr().tesseract_version()))
        return found[1] if found else "unknown"

    def languages(self) -> tuple[str, ...]:
        tesserocr()
        return languages_in(data_folder())

    def hocr(self, image: NDArray[np.uint8], task: Task) -> bytes:
        api = loaded(data_folder(), task.languages)
        try:
            body = read(api, np.ascontiguousarray(image), task)
        except BaseException:  # whatever state Tesseract is in now, the next page gets another
            loaded.cache_clear()
            raise
        return PAGE.format(version=self.version(), body=body).encode()


def tesserocr() -> Any:
    """The module. Raises MissingDependency."""
    try:
        import tesserocr as module
    except ImportError as error:
        advice = "Install it: pip install tesserocr, or use --engine pytesseract"
        why = "is not installed" if isinstance(error, ModuleNotFoundError) else f"cannot be loaded ({error})"
        raise MissingDependency(f"tesserocr {why}", advice=advice) from None
    return module


@lru_cache(maxsize=1)
def loaded(folder: Path, languages: str) -> Any:
    """Tesseract with its model, ready to read. Raises MissingDependency for data that it cannot use."""
    module = tesserocr()
    # Leptonica and, below, Tesseract would write to standard error, which is for what Errata says.
    module.set_leptonica_log_level(module.LeptLogLevel.NONE)
    try:
        api = module.PyTessBaseAPI(path=f"{folder}{os.sep}", lang=languages)
    except RuntimeError:
        raise missing_language(languages) from None
    lost = set(languages.split("+")) - set(api.GetInitLanguagesAsString().split("+"))
    if lost:
        raise missing_language(min(lost))
    api.SetVariable("debug_file", os.devnull)
    return api


def read(api: Any, image: NDArray[np.uint8], task: Task) -> str:
    """The `ocr_page` of an image. Raises ToolFailed."""
    height, width = image.shape
    # What was read before must not count: words learned on one page would be preferred on the next.
    api.ClearAdaptiveClassifier()
    api.SetPageSegMode(SEGMENTATION[task.layout])
    api.SetVariable("user_defined_dpi", str(task.dpi or 0))
    api.SetVariable("tessedit_char_whitelist", task.allowed)
    start = monotonic()
    try:
        with ended_at(task.timeout + GRACE):
            api.SetImageBytes(image.tobytes(), width, height, 1, width)
            done = api.Recognize(max(1, round(1000 * task.timeout)))
        if not done:
            raise took_too_long(task.timeout) if monotonic() - start >= task.timeout else RuntimeError("no result")
        return str(api.GetHOCRText(0))
    except (RuntimeError, ValueError, UnicodeDecodeError) as error:
        raise ToolFailed(f"Tesseract failed ({error})", advice="Try --engine pytesseract") from None
    finally:
        api.Clear()


@contextmanager
def ended_at(seconds: float) -> Iterator[None]:
    """End this process, if it is a worker, when what is within takes longer: nothing else stops a library that hangs."""
    if multiprocessing.parent_process() is None:
        yield
        return
    with Path(os.devnull).open("w") as nowhere:
        faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()


@lru_cache
def languages_in(folder: Path) -> tuple[str, ...]:
    """The languages that a folder has data for, those in folders below as `script/Latin`."""
    found = folder.rglob("*.traineddata")
    return tuple(sorted(path.relative_to(folder).with_suffix("").as_posix() for path in found))


def data_folder() -> Path:
    """The folder `tessdata` of the system's Tesseract. Raises MissingDependency."""
    return folder_for(os.environ.get("TESSDATA_PREFIX", ""), os.environ.get("PATH", ""))


@lru_cache
def folder_for(prefix: str, path: str) -> Path:
    """The first folder with data: what TESSDATA_PREFIX names, what the program on `path` says, or a usual place."""
    places = [Path(prefix), Path(prefix, "tessdata")] if prefix else []
    places += folder_of_program()
    root = Path(Path.cwd().anchor)
    places += (place for pattern in PLACES for place in sorted(root.glob(pattern.lstrip("/")), reverse=True))
    for place in places:
        if place.is_dir() and next(place.glob("*.traineddata"), None):
            return place
    advice = "Install them: apt-get install tesseract-ocr, or name their folder in TESSDATA_PREFIX"
    raise MissingDependency("The data of Tesseract's languages are not to be found", advice=advice)


def folder_of_program() -> list[Path]:
    """Where the program, if there is one, says that its data lie: `List of available languages in "…/tessdata/" (2):`."""
    try:
        said = re.search(r'in "([^"]+)"', ask(program(), "--list-langs").partition("\n")[0])
    except PipelineError:
        return []
    return [Path(said[1])] if said else []
