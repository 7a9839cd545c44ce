"""How the cost of a text grows when it grows ten times, whatever its form: one line, one page, a line a page, references only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import cycle
from pathlib import Path

import numpy as np

from benchmarks.figures import Bars, Measure, errata, timed

SIZE, TIMES = 200_000, 10
"""Characters of the smaller text of a form, and how many times as many the larger one has."""
LEAST = 0.5
"""Seconds; what takes less tells nothing."""


def measure_growth(text: Path, out: Path, bars: Bars) -> Iterator[Measure]:
    """Each form of a text once and ten times as long; counted is what they take besides starting."""
    out.mkdir(parents=True)
    start = cost(out, "start", "A text.\n")
    worst = 0.0
    for name, form in forms(text.read_text(encoding="utf-8")).items():
        less, more = (cost(out, f"{name}-{size}", form(size)) - start for size in (SIZE, SIZE * TIMES))
        print(f"{name}: {less:.1f} s, and {more:.1f} s for {TIMES} times as much", flush=True)
        worst = max(worst, more / max(LEAST, less))
    yield Measure("growth: time for ten times as much, the worst form", worst, bars["worst"], shown="{:.1f}")


def cost(out: Path, name: str, text: str) -> float:
    """Seconds that a text takes."""
    path = out / f"{name}.txt"
    path.write_text(text, encoding="utf-8")
    return timed(errata("clean", "-q", "-j", "1", path, "-o", out / name))


def forms(text: str) -> dict[str, Callable[[int], str]]:
    """What makes texts of so many characters, by the name of their form, of the words of a text."""
    lines = [line for line in text.replace("\f", "\n").split("\n") if line.strip()]
    chance = np.random.default_rng(1)
    cited = [
        f"F.O. 371/{chance.integers(10_000, 20_000)}, N{chance.integers(1, 9999)}/{chance.integers(1, 999)}/38"
        for _ in range(40_000)
    ]
    return {
        "one line": lambda size: filled(lines, " ", size),
        "one page": lambda size: filled(lines, "\n", size),
        "a line a page": lambda size: filled(lines, "\f", size),
        "references": lambda size: filled(cited, "\n", size),
        "one word": lambda size: "abcdefghij" * (size // 10),
    }


def filled(parts: Sequence[str], between: str, size: int) -> str:
    """Parts over and over, up to so many characters."""
    found: list[str] = []
    for part in cycle(parts):
        if size <= 0:
            break
        found.append(part)
        size -= len(part) + len(between)
    return between.join(found) + "\n"
