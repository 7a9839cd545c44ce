"""The program Tesseract, fed a file; its failures become errors that say what to do."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.errors import MissingDependency, ToolFailed, UnwritableOutput
from pipeline.ocr.engine import SEGMENTATION, Task, missing_language, took_too_long

LEAST_ROOM = 1_000_000
"""Bytes that must be free for temporary files."""


class Program:
    """The engine `pytesseract`: a process of its own for every image."""

    in_process = False

    def version(self) -> str:
        return version_of(program())

    def languages(self) -> tuple[str, ...]:
        return languages_of(program())

    def hocr(self, image: NDArray[np.uint8], task: Task) -> bytes:
        command = [program(), "page.tif", "page", "-l", task.languages, "-c", "tessedit_create_hocr=1"]
        command += ["--psm", str(SEGMENTATION[task.layout])]
        command += ["--dpi", str(task.dpi)] if task.dpi else []
        command += ["-c", f"tessedit_char_whitelist={task.allowed}"] if task.allowed else []
        with tempfile.TemporaryDirectory(prefix="errata-") as folder:
            Image.fromarray(image).save(Path(folder, "page.tif"))
            try:
                status, said = ended([*command, "hocr"], Path(folder), task.timeout)
                if status:
                    raise failure(status, said, task.languages)
                return whole(Path(folder, "page.hocr"))
            except ToolFailed:
                check_room(Path(folder))
                raise


def ended(command: Sequence[str], folder: Path, timeout: float) -> tuple[int, str]:
    """Run a program in a folder; its exit status, and what it said on standard error. It, and all that it starts, is a group of
    processes of its own, which is killed after `timeout` seconds. Raises MissingDependency, ToolFailed."""
    group = 0 if sys.platform == "linux" else None  # elsewhere it ends with the group of the worker that started it
    try:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, process_group=group
        )
    except PermissionError:
        raise missing_tesseract() from None
    with process:
        try:
            _, said = process.communicate(timeout=timeout)
        except BaseException as fault:
            if group is None:
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)
            if isinstance(fault, subprocess.TimeoutExpired):
                raise took_too_long(timeout) from None
            raise
    return process.returncode, said.decode(errors="replace")


def whole(path: Path) -> bytes:
    """The hOCR that was written. Raises ToolFailed where there is none, or not all of it."""
    try:
        answer = path.read_bytes()
    except FileNotFoundError:
        answer = b""
    if not answer.rstrip().endswith(b"</html>"):
        raise ToolFailed(f"Tesseract gave no {'whole ' if answer else ''}result", advice="Run `errata doctor`")
    return answer


def check_room(folder: Path) -> None:
    """Raises UnwritableOutput where the disk of a folder is full: no other page could be read either."""
    if shutil.disk_usage(folder).free < LEAST_ROOM:
        advice = "Make room, or name another folder in TMPDIR; then give the same command"
        raise UnwritableOutput("there is no room left for temporary files", where=folder.parent, advice=advice)


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
    found = shutil.which("tesseract")
    if found is None:
        raise missing_tesseract()
    return str(Path(found).absolute())


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
