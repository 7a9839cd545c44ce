"""The program Tesseract, called through pytesseract and fed a file; its failures become errors that say what to do."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytesseract
from numpy.typing import NDArray
from PIL import Image

from pipeline.errors import MissingDependency, ToolFailed, UnwritableOutput
from pipeline.ocr.engine import SEGMENTATION, Task, missing_language, took_too_long

LEAST_ROOM = 1_000_000
"""Bytes that must be free for temporary files."""


def in_its_group(include_stdout: bool = True) -> dict[str, Any]:
    """How pytesseract starts Tesseract: from a worker, which leads a session, in a group of processes of its own, which is ended
    as a whole; from the command's own process in its group, so that Ctrl-C reaches it."""
    given: dict[str, Any] = STARTED(include_stdout)
    return {**given, "process_group": 0} if hasattr(os, "getsid") and os.getsid(0) == os.getpid() else given


def end_group(process: subprocess.Popen[bytes], code: int) -> None:
    """How pytesseract ends a Tesseract that takes too long: with all that it started."""
    if hasattr(os, "getpgid") and process.poll() is None and os.getpgid(process.pid) == process.pid:
        os.killpg(process.pid, signal.SIGKILL)
    ENDED(process, code)


STARTED, ENDED = pytesseract.pytesseract.subprocess_args, pytesseract.pytesseract.kill
# pytesseract has no option for either.
pytesseract.pytesseract.subprocess_args, pytesseract.pytesseract.kill = in_its_group, end_group


class Program:
    """The engine `pytesseract`: a process of its own for every image."""

    in_process = False

    def version(self) -> str:
        return version_of(program())

    def languages(self) -> tuple[str, ...]:
        return languages_of(program())

    def hocr(self, image: NDArray[np.uint8], task: Task) -> bytes:
        config = f"--psm {SEGMENTATION[task.layout]}"
        config += f" --dpi {task.dpi}" if task.dpi else ""
        config += f" -c tessedit_char_whitelist={task.allowed}" if task.allowed else ""
        with tempfile.TemporaryDirectory(prefix="errata-") as folder:
            page = Path(folder) / "page.tif"
            Image.fromarray(image).save(page)
            try:
                with tool_errors(task.languages, task.timeout):
                    answer = pytesseract.image_to_pdf_or_hocr(
                        str(page), lang=task.languages, config=config, extension="hocr", timeout=task.timeout
                    )
                hocr = whole(answer if isinstance(answer, bytes) else str(answer).encode())
            except ToolFailed:
                check_room(Path(folder))
                raise
        return hocr.replace(f"{folder}{os.sep}".encode(), b"")  # the folder has another name each time


def whole(answer: bytes) -> bytes:
    """The hOCR that was written. Raises ToolFailed where it is not all of it."""
    if not answer.rstrip().endswith(b"</html>"):
        raise ToolFailed(f"Tesseract gave no {'whole ' if answer else ''}result", advice="Run `errata doctor`")
    return answer


def check_room(folder: Path) -> None:
    """Raises UnwritableOutput where the disk of a folder is full: no other page could be read either."""
    if shutil.disk_usage(folder).free < LEAST_ROOM:
        advice = "Make room, or name another folder in TMPDIR; then give the same command"
        raise UnwritableOutput("there is no room left for temporary files", where=folder.parent, advice=advice)


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
        raise took_too_long(timeout) from None
    except FileNotFoundError:
        raise ToolFailed("Tesseract gave no result", advice="Run `errata doctor`") from None
    except UnicodeDecodeError:
        raise ToolFailed("Tesseract gave no whole result", advice="Run `errata doctor`") from None


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
