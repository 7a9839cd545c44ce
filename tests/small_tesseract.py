"""A program `tesseract` for tests that are not about reading: it reads the same few words on every page, at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HOCR = """<?xml version="1.0" encoding="UTF-8"?>
<html xmlns="http://www.w3.org/1999/xhtml"><head><title></title>
<meta name="ocr-capabilities" content="ocr_page ocr_carea ocr_par ocr_line ocrx_word"/></head><body>
<div class="ocr_page" id="page_1" title="bbox 0 0 900 400; ppageno 0"><div class="ocr_carea" title="bbox 60 50 400 90">
<p class="ocr_par" title="bbox 60 50 400 90"><span class="ocr_line" title="bbox 60 50 400 90; baseline 0 0">
<span class="ocrx_word" title="bbox 60 50 120 90; x_wconf 95">The</span>
<span class="ocrx_word" title="bbox 130 50 260 90; x_wconf 93">Soviet</span>
<span class="ocrx_word" title="bbox 270 50 400 90; x_wconf 94">note .</span></span></p></div></div></body></html>
"""


def small_tesseract(folder: Path, monkeypatch: pytest.MonkeyPatch | None, before: str = "") -> Path:
    """Put it first on the PATH; `before`: what it does first (shell). Each reading of a whole page is a line in `calls`."""
    folder.mkdir(exist_ok=True)
    (folder / "answer.hocr").write_text(HOCR)
    program = folder / "tesseract"
    program.write_text(
        '#!/bin/sh\ncase "$1" in --version) echo "tesseract 5.3.0"; exit;; --list-langs) echo List; echo eng; exit;; esac\n'
        f'case "$*" in *"--psm 3"*) echo page >> "{folder}/calls";; esac\n{before}\ncp "{folder}/answer.hocr" "$2.hocr"\n'
    )
    program.chmod(0o755)
    if monkeypatch is not None:
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder / "calls"


def command(bin_folder: Path, *arguments: object) -> tuple[list[str], dict[str, str]]:
    """The command as a process of its own, whose workers find that program, and its environment."""
    path = f"{bin_folder}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "PYTHONPATH": str(Path(__file__).parent.parent)}
    return [sys.executable, "-m", "pipeline", *map(str, arguments)], env


def apart(folder: Path, bin_folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run it in a folder."""
    words, env = command(bin_folder, *arguments)
    return subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=120)
