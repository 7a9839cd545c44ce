"""Measures speed and quality against the bars of bars.toml: `make bench`, or `python -m benchmarks.bench --shared PATH`.

Exit code 1 if a bar is broken. What needs the shared collections is skipped, and said so, where they are absent.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pipeline.evaluate import evaluate, score_pages
from pipeline.evaluate.report import class_table

ROOT = Path(__file__).resolve().parents[1]
BARS = Path(__file__).with_name("bars.toml")
IMAGES = (".jpg", ".tif", ".png")
PROCESSES = 2


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure beside its bar; `least`: the bar is a lower bound (else an upper one). `shown`: how both are written."""

    name: str
    value: float
    bar: float
    least: bool = False
    shown: str = "{:.2f}"

    @property
    def holds(self) -> bool:
        return self.value >= self.bar if self.least else self.value <= self.bar

    def row(self) -> str:
        value, bar = self.shown.format(self.value), self.shown.format(self.bar)
        return f"{self.name:<42}{value:>10}   {'≥' if self.least else '≤'} {bar:<10}{'holds' if self.holds else 'BROKEN'}"


def timed(command: Sequence[str | Path]) -> float:
    """Seconds of wall time of a command. Raises CalledProcessError if it fails."""
    began = time.perf_counter()
    subprocess.run([str(part) for part in command], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def errata(*arguments: str | Path) -> list[str | Path]:
    return [sys.executable, "-m", "pipeline", *arguments]


def measure_thesis(shared: Path, out: Path, bars: dict[str, float]) -> Iterator[Measure]:
    """The long text: pages, words put right and damaged, blank lines, time."""
    seconds = timed(errata("clean", "-q", shared / "thesis" / "thesis.txt", "-o", out))
    folder = next(path.parent for path in out.rglob("text.txt"))
    scores = evaluate(shared / "thesis" / "gold", folder).repairs
    assert scores is not None
    pages = (folder / "text.txt").read_text(encoding="utf-8").count("\f") + 1
    yield Measure("thesis: pages found, missing or too many", abs(pages - bars["pages"]), 0, shown="{:.0f}")
    yield Measure("thesis: error reduction", scores.error_reduction, bars["error_reduction"], True, "{:.1%}")
    yield Measure("thesis: precision", scores.precision, bars["precision"], True, "{:.1%}")
    yield Measure("thesis: blank lines kept", scores.breaks_kept, bars["breaks_kept"], True, "{:.0f}")
    yield Measure("thesis: false blank lines", scores.breaks_false, bars["breaks_false"], shown="{:.0f}")
    yield Measure("thesis: length, at least", scores.length, bars["length_least"], True, "{:.3f}")
    yield Measure("thesis: length, at most", scores.length, bars["length_most"], shown="{:.3f}")
    yield Measure("thesis: seconds", seconds, bars["seconds"], shown="{:.1f}")
    print("\n".join(["", "Words of the thesis' corrected pages, by class of error:", *class_table(scores)]), end="\n\n")


def measure_scans(shared: Path, out: Path, bars: dict[str, float]) -> Iterator[Measure]:
    """The scans, against plain Tesseract with as many processes on the same machine."""
    truth = shared / "scans" / "pages"
    images = sorted(path for path in truth.iterdir() if path.suffix in IMAGES)
    seconds_plain, plain = tesseract(images, out / "tesseract")
    seconds = timed(errata("digitise", "-q", "--each", "-j", str(PROCESSES), "-o", out / "errata", truth))
    report = evaluate(truth, out / "errata")
    assert report.after is not None
    yield Measure("scans: pages missing", sum(page.missing for page in report.after.pages), 0, shown="{:.0f}")
    yield Measure("scans: word error rate", report.after.wer, bars["wer_ratio"] * score_pages(truth, plain).wer, shown="{:.2%}")
    yield Measure("scans: seconds", seconds, bars["seconds_ratio"] * seconds_plain, shown="{:.1f}")
    print("\n".join(["", "The scans, before and after repair:", report.to_text()]), end="\n")


def tesseract(images: Sequence[Path], out: Path) -> tuple[float, dict[str, str]]:
    """(seconds, texts by page name) of plain Tesseract, one thread each."""
    out.mkdir(parents=True)
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}

    def read(image: Path) -> tuple[str, str]:
        target = out / image.stem
        subprocess.run(["tesseract", str(image), str(target)], check=True, env=environment, stderr=subprocess.DEVNULL)
        return image.stem, target.with_name(f"{image.stem}.txt").read_text(encoding="utf-8")

    began = time.perf_counter()
    with ThreadPoolExecutor(PROCESSES) as pool:
        texts = dict(pool.map(read, images))
    return time.perf_counter() - began, texts


def measure_package(bars: dict[str, float]) -> Iterator[Measure]:
    """What a person waits for each time."""
    seconds = min(timed(errata("--version")) for _ in range(3))
    yield Measure("errata --version: seconds", seconds, bars["start_seconds"])


def measures(shared: Path, out: Path) -> Iterator[Measure]:
    bars = tomllib.loads(BARS.read_text(encoding="utf-8"))
    yield from measure_package(bars["package"])
    for name, measure in (("thesis", measure_thesis), ("scans", measure_scans)):
        if not (shared / name).is_dir():
            print(f"skipped: no {shared / name}")
        elif name == "scans" and shutil.which("tesseract") is None:
            print("skipped: scans, because tesseract is not installed")
        else:
            yield from measure(shared, out / name, bars[name])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="where the collections lie")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        found = list(measures(options.shared.resolve(), Path(place)))
    print(f"{'measured':<42}{'figure':>10}   bar")
    print("\n".join(measure.row() for measure in found))
    return 0 if all(measure.holds for measure in found) else 1


if __name__ == "__main__":
    sys.exit(main())
