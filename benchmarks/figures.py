"""A figure beside the bar that it must hold and the aim that it should reach; how long and how large a command is; and how a
measurement of the shared collections is called."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

ROOT = Path(__file__).resolve().parents[1]
BARS = Path(__file__).with_name("bars.toml")
Bars = Mapping[str, Mapping[str, float]]
"""For each figure of a section of bars.toml, its `bar` and perhaps its `aim`."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure, its bar and its aim; `least`: both are lower bounds (else upper ones). `shown`: how they are written."""

    name: str
    value: float
    bars: Mapping[str, float]
    least: bool = False
    shown: str = "{:.2f}"

    def reaches(self, bound: float) -> bool:
        return self.value >= bound if self.least else self.value <= bound

    @property
    def holds(self) -> bool:
        return self.reaches(self.bars["bar"])

    def row(self) -> str:
        sign = "≥" if self.least else "≤"
        value, bar = self.shown.format(self.value), self.shown.format(self.bars["bar"])
        row = f"{self.name:<44}{value:>10}   {sign} {bar:<10}{'holds' if self.holds else 'BROKEN':<9}"
        if "aim" not in self.bars:
            return row.rstrip()
        aim = self.shown.format(self.bars["aim"])
        return f"{row}{sign} {aim:<10}{'reached' if self.reaches(self.bars['aim']) else 'not yet'}"


HEADING = f"{'measured':<44}{'figure':>10}   {'bar':<21}aim"


def read_bars() -> dict[str, dict[str, dict[str, float]]]:
    return tomllib.loads(BARS.read_text(encoding="utf-8"))


def errata(*arguments: str | Path) -> list[str | Path]:
    return [sys.executable, "-m", "pipeline", *arguments]


def timed(command: Sequence[str | Path]) -> float:
    """Seconds of wall time of a command. Raises CalledProcessError if it fails."""
    return timed_and_weighed(command)[0]


def timed_and_weighed(command: Sequence[str | Path]) -> tuple[float, float]:
    """(seconds of wall time, MB of memory at most) of a command. Raises CalledProcessError if it fails."""
    with NamedTemporaryFile() as note:
        began = time.perf_counter()
        subprocess.run(weighed(command, note.name), cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        return time.perf_counter() - began, megabytes(note.name)


WEIGH = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[2:])
open(sys.argv[1], "w").write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)
"""


def weighed(command: Sequence[str | Path], note: str) -> list[str]:
    """What runs a command and writes the most memory that it had into a file: a small process between, since one that is begun
    by a large one has all of that one's memory for a moment."""
    return [sys.executable, "-I", "-S", "-c", WEIGH, note, *map(str, command)]


def megabytes(note: str) -> float:
    """What `weighed` wrote, in MB."""
    return int(Path(note).read_text(encoding="ascii")) / (1024 if sys.platform != "darwin" else 1024 * 1024)


@dataclass(frozen=True, slots=True)
class Options:
    """What a measurement is called with: the folder of the shared collections; a folder for what is made on the way, used again
    if it is there; the part to be measured, None for all."""

    shared: Path
    work: Path
    only: str | None


def with_collections(about: str | None, measure: Callable[[Options], None], parts: Sequence[str] = ()) -> int:
    """Call a measurement from the command line; the exit code. It is skipped where there are no shared collections."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="where the collections lie")
    parser.add_argument("--work", type=Path, help="a folder for pages and what is read from them, used again if it is there")
    if parts:
        parser.add_argument("--only", choices=parts)
    told = parser.parse_args()
    if not told.shared.is_dir():
        print(f"skipped: no {told.shared}")
        return 0
    with tempfile.TemporaryDirectory() as place:
        measure(Options(told.shared.resolve(), (told.work or Path(place)).resolve(), told.only if parts else None))
    return 0
