"""How long Errata takes and how much memory, against a simpler program and against itself on ten times as much."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.figures import Bars, Measure, errata, timed, timed_and_weighed
from benchmarks.texts import cleaned

SCRIPT = Path(__file__).with_name("symspell_script.py")
COPIES = 10
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def measure_speed(text: Path, out: Path, bars: Bars) -> Iterator[Measure]:
    """Start to written outputs, one process; then the same for ten copies in one text."""
    out.mkdir(parents=True)
    rival = timed([sys.executable, SCRIPT, text, out / "symspell.txt"])
    seconds, memory = timed_and_weighed(errata("clean", "-q", "-j", "1", text, "-o", out / "one"))
    yield Measure("speed: time against ten lines of symspellpy", seconds / rival, bars["symspellpy_ratio"])
    yield Measure("speed: memory, MB", memory, bars["memory"], shown="{:.0f}")
    yield Measure("speed: words a second, once started", words_a_second(text), bars["words_a_second"], True, "{:,.0f}")
    many = out / "many.txt"
    many.write_bytes(b"\n\n\n\n".join([text.read_bytes().rstrip()] * COPIES))
    longer, larger = timed_and_weighed(errata("clean", "-q", "-j", "1", many, "-o", out / "ten"))
    yield Measure("speed: time for ten copies, against one", longer / seconds, bars["ten_copies_seconds"])
    yield Measure("speed: memory for ten copies, against one", larger / memory, bars["ten_copies_memory"])
    worn = out / "worn.txt"
    worn.write_text(misread(text.read_text(encoding="utf-8")), encoding="utf-8")
    alone, both = (timed(errata("clean", "-q", "-j", number, worn, "-o", out / f"worn-{number}")) for number in ("1", "2"))
    yield Measure("speed: a long misread text, one process against two", alone / both, bars["two_processes"], True)


def misread(text: str) -> str:
    """A text in which one small letter in fifty is taken for another, as on a worn page."""
    chance = np.random.default_rng(1)
    lost = chance.random(len(text)) < 1 / 50
    others = chance.integers(0, len(LETTERS), len(text))
    return "".join(LETTERS[at] if gone and char in LETTERS else char for char, gone, at in zip(text, lost, others, strict=True))


def words_a_second(text: Path) -> float:
    """Words repaired in a second by a process that has its dictionaries."""
    content = text.read_bytes().decode("utf-8")
    cleaned(content[:20_000])
    began = time.perf_counter()
    cleaned(content)
    return len(content.split()) / (time.perf_counter() - began)
