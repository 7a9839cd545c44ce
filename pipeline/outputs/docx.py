"""reading.docx: the text for reading as a document of a word processor, its notes as real footnotes, made by pandoc."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

from pipeline.errors import MissingDependency, ToolFailed
from pipeline.outputs.dates import moment

TIMEOUT = 600.0
"""Seconds; a book of a thousand pages takes ten."""
FORMAT = "markdown-yaml_metadata_block-citations-smart-tex_math_dollars-raw_html-raw_tex-implicit_figures"
"""Pandoc's Markdown with footnotes, and without what would be taken for something else than it was in the source."""


def check_pandoc() -> str:
    """The path of pandoc. Raises MissingDependency."""
    found = shutil.which("pandoc")
    if found is None:
        advice = "Install pandoc (sudo apt-get install pandoc; brew install pandoc), or leave out --format docx"
        raise MissingDependency("pandoc, which makes DOCX, is not installed", advice=advice)
    return found


def reading_docx(markdown: str) -> bytes:
    """The DOCX of the reading text. Raises MissingDependency, ToolFailed."""
    command = [check_pandoc(), "--from", FORMAT, "--to", "docx", "--wrap", "none", "--output", "-"]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(int(moment().timestamp()))}
    text = markdown.encode("utf-8", "replace")
    try:
        done = subprocess.run(command, input=text, capture_output=True, env=environment, timeout=TIMEOUT, check=False)
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise ToolFailed(f"pandoc could not be run ({type(fault).__name__})", advice="Check pandoc --version") from fault
    if done.returncode or not done.stdout.startswith(b"PK"):
        said = re.sub(r"\s+", " ", done.stderr.decode("utf-8", "replace")).strip()[:200]
        raise ToolFailed(f"pandoc made no DOCX (exit code {done.returncode}: {said})", advice="Check pandoc --version")
    return done.stdout
