"""searchable-pdfa.pdf: the searchable PDF as PDF/A, for an archive, made by the program OCRmyPDF."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from pipeline.errors import MissingDependency, ToolFailed
from pipeline.outputs.dates import moment

TIMEOUT = 3600.0
"""Seconds; Ghostscript takes about one for three pages."""


def check_ocrmypdf() -> str:
    """The path of OCRmyPDF, beside Python or on the PATH. Raises MissingDependency."""
    beside = Path(sys.executable).with_name("ocrmypdf")
    found = str(beside) if beside.is_file() else shutil.which("ocrmypdf")
    if found is None:
        advice = "pip install ocrmypdf (it also wants Ghostscript: sudo apt-get install ghostscript), or leave out pdfa"
        raise MissingDependency("OCRmyPDF, which makes PDF/A, is not installed", advice=advice)
    return found


def to_pdfa(source: Path, target: Path) -> None:
    """Write the PDF `source` as PDF/A; pages are not read again and images not shrunk. Raises MissingDependency, ToolFailed."""
    options = ["--skip-text", "--output-type", "pdfa", "--optimize", "0", "--jobs", "1", "--quiet"]
    command = [check_ocrmypdf(), *options, str(source), str(target)]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(int(moment().timestamp()))}
    try:
        done = subprocess.run(command, capture_output=True, env=environment, timeout=TIMEOUT, check=False)
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise ToolFailed(f"OCRmyPDF could not be run ({type(fault).__name__})", advice="Check ocrmypdf --version") from fault
    if done.returncode or not target.is_file() or not target.stat().st_size:
        said = re.sub(r"\s+", " ", done.stderr.decode("utf-8", "replace")).strip()[-200:]
        raise ToolFailed(f"OCRmyPDF made no PDF/A (exit code {done.returncode}: {said})", advice="Check ocrmypdf --version")
