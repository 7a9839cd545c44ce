"""Sixty good and sixty bad files in one folder, scans and texts: what becomes of each, how long it takes, and how much memory."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.batch import family, memory_of
from benchmarks.figures import ROOT, Bars, Measure, errata
from benchmarks.hostile_files import Made, bad_scans, bad_texts, fill, good_scans, good_texts

GOOD = 60


@dataclass(frozen=True, slots=True)
class Ran:
    """A command: its exit code, what it said, seconds, and the most memory (MB) that it had with all that it started."""

    code: int
    said: str
    seconds: float
    memory: float


def run(*arguments: str | Path) -> Ran:
    """Run Errata, and look ten times a second how much memory it has."""
    began = time.perf_counter()
    with tempfile.TemporaryFile() as told:
        process = subprocess.Popen([str(word) for word in errata(*arguments)], cwd=ROOT, stderr=told)
        memory = 0
        while process.poll() is None:
            memory = max(memory, sum(map(memory_of, family(process.pid))))
            time.sleep(0.1)
        told.seek(0)
        return Ran(process.returncode, told.read().decode("utf-8", "replace"), time.perf_counter() - began, memory / 1024)


def mixed(bad: Made, copies: int) -> Made:
    """Bad files, with copies under other names until there are so many."""
    names = list(bad)
    return {f"{at // len(names) or ''}{names[at % len(names)]}": bad[names[at % len(names)]] for at in range(copies)}


def measure_hostile(bars: Bars) -> Iterator[Measure]:
    """Sixty and sixty for each of the two commands."""
    kinds = (("digitise", good_scans(), bad_scans(), ("--effort", "fast")), ("clean", good_texts(), bad_texts(), ()))
    for command, good, bad, more in kinds:
        with tempfile.TemporaryDirectory() as place:
            box, out = Path(place) / "box", Path(place) / "out"
            _, broken = fill(box, good, mixed(bad, GOOD), GOOD)
            ran = run(command, "--each", *more, "-j", "1", box, "-o", out)
            texts = [path.read_text(encoding="utf-8") for path in out.rglob("text.txt")]
        sound = sum("Soviet" in text for text in texts)
        named = sum(any(path.name in line for line in ran.said.splitlines()) for path in broken)
        print(f"hostile: errata {command}: {ran.seconds:.0f} s, exit code {ran.code}")
        yield Measure(f"hostile: {command}: good files without text", GOOD - sound, bars["lost"], shown="{:.0f}")
        yield Measure(f"hostile: {command}: bad files not named", GOOD - named, bars["unnamed"], shown="{:.0f}")
        trouble = ran.said.count("Traceback") + ran.said.count("internal error") + (ran.code != 10)
        yield Measure(f"hostile: {command}: tracebacks, other exit codes", trouble, bars["tracebacks"], shown="{:.0f}")
        yield Measure(f"hostile: {command}: MB of memory", ran.memory, bars["memory"], shown="{:.0f}")
        yield Measure(f"hostile: {command}: seconds", ran.seconds, bars["seconds"], shown="{:.0f}")
