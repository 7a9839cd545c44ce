"""Measures speed and quality against the bars of bars.toml: `make bench`, or `python -m benchmarks.bench --shared PATH`.

Exit code 1 if a bar is broken; an aim that is not reached yet is only reported. What needs the shared collections is skipped,
and said so, where they are absent.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.agreement import measure_agreement
from benchmarks.batch import measure_batch
from benchmarks.cluster import measure_cluster
from benchmarks.figures import HEADING, ROOT, Bars, Measure, errata, read_bars, timed
from benchmarks.formats import measure_formats
from benchmarks.fuzz import measure_fuzz
from benchmarks.growth import measure_growth
from benchmarks.harm import measure_harm
from benchmarks.hostile import measure_hostile
from benchmarks.residual import measure_residual
from benchmarks.review_scale import measure_review_scale
from benchmarks.review_simulated import measure_review
from benchmarks.scans import measure_scans
from benchmarks.speed import measure_speed
from benchmarks.texts import measure_gold, measure_pairs
from benchmarks.trust import measure_trust
from pipeline.evaluate import evaluate
from pipeline.evaluate.tables import class_table

PARTS = (
    "thesis", "gold", "postocr", "speed", "growth", "scans", "residual", "trust", "formats", "harm", "desk", "batch", "cluster",
    "hostile", "fuzz", "agreement",
)  # fmt: skip
"""What may be named with --only."""
TESSERACT = {"scans", "residual", "trust", "formats", "harm", "desk", "batch", "cluster", "hostile"}
"""Parts that need it."""


def measure_thesis(shared: Path, out: Path, bars: Bars) -> Iterator[Measure]:
    """The long text: pages, words put right and damaged, blank lines, time."""
    seconds = timed(errata("clean", "-q", shared / "thesis" / "thesis.txt", "-o", out))
    folder = next(path.parent for path in out.rglob("text.txt"))
    scores = evaluate(shared / "thesis" / "gold", folder).repairs
    assert scores is not None
    pages = (folder / "text.txt").read_text(encoding="utf-8").count("\f") + 1
    yield Measure("thesis: pages found, missing or too many", abs(pages - bars["pages"]["bar"]), {"bar": 0}, shown="{:.0f}")
    yield Measure("thesis: error reduction", scores.error_reduction, bars["error_reduction"], True, "{:.1%}")
    yield Measure("thesis: precision", scores.precision, bars["precision"], True, "{:.1%}")
    yield Measure("thesis: damaged words", scores.outcomes["damaged"], bars["damaged"], shown="{:.0f}")
    yield Measure("thesis: blank lines kept", scores.breaks_kept, bars["breaks_kept"], True, "{:.0f}")
    yield Measure("thesis: false blank lines", scores.breaks_false, bars["breaks_false"], shown="{:.0f}")
    yield Measure("thesis: length, at least", scores.length, bars["length_least"], True, "{:.3f}")
    yield Measure("thesis: length, at most", scores.length, bars["length_most"], shown="{:.3f}")
    yield Measure("thesis: seconds", seconds, bars["seconds"], shown="{:.1f}")
    print("\n".join(["", "Words of the thesis' corrected pages, by class of error:", *class_table(scores)]), end="\n\n")


def measure_package(bars: Bars) -> Iterator[Measure]:
    """What a person waits for each time."""
    seconds = min(timed(errata("--help")) for _ in range(3))
    yield Measure("errata --help: seconds", seconds, bars["start_seconds"])


def measure_desk(shared: Path, out: Path, bars: Bars) -> Iterator[Measure]:
    """The review desk: what a reader waits for, and how soon most of what is wrong is put right."""
    yield from measure_review_scale(out / "desk", bars)
    digitised = out / "scans" / "balanced"
    if not digitised.is_dir():
        timed(errata("digitise", "-q", "-o", digitised, shared / "scans" / "pages"))
    timed(errata("clean", "-q", "-o", out / "cleaned", shared / "thesis" / "thesis.txt"))
    truths = {"scans": shared / "scans" / "pages", "thesis": shared / "thesis" / "gold"}
    for (name, truth), made_in in zip(truths.items(), (digitised, out / "cleaned"), strict=True):
        folder = next(path.parent for path in made_in.rglob("text.txt"))
        own = {"lines": bars[f"{name}_lines"], "items": bars[f"{name}_items"]}
        yield from measure_review(folder, truth, name, own)


def measures(shared: Path, out: Path, only: Sequence[str]) -> Iterator[Measure]:
    bars = read_bars()
    yield from measure_package(bars["package"])
    parts: dict[str, tuple[str, Callable[[], Iterator[Measure]]]] = {
        "thesis": ("thesis", lambda: measure_thesis(shared, out / "thesis", bars["thesis"])),
        "gold": ("thesis", lambda: measure_gold(shared / "thesis" / "gold", bars["gold"])),
        "postocr": ("postocr", lambda: measure_pairs(shared / "postocr", bars)),
        "speed": ("thesis", lambda: measure_speed(shared / "thesis" / "thesis.txt", out / "speed", bars["speed"])),
        "growth": ("thesis", lambda: measure_growth(shared / "thesis" / "thesis.txt", out / "growth", bars["growth"])),
        "scans": ("scans", lambda: measure_scans(shared, out / "scans", bars)),
        "residual": ("scans", lambda: measure_residual(shared, out, bars["residual"])),
        "formats": ("scans", lambda: measure_formats(shared, out / "formats", bars["formats"])),
        "trust": ("scans", lambda: measure_trust(shared, out, bars["trust"])),
        "harm": ("", lambda: measure_harm(shared, out / "harm", bars["harm"])),
        "desk": ("scans", lambda: measure_desk(shared, out, bars["desk"])),
        "batch": ("", lambda: measure_batch(out / "batch", bars["batch"])),
        "cluster": ("", lambda: measure_cluster(out / "cluster", bars["cluster"])),
        "hostile": ("", lambda: measure_hostile(bars["hostile"])),
        "fuzz": ("", lambda: measure_fuzz(bars["fuzz"])),
        "agreement": ("", lambda: measure_agreement(shared)),
    }
    for name, (folder, measure) in parts.items():
        if only and name not in only:
            continue
        if folder and not (shared / folder).is_dir():
            print(f"skipped: {name}, because there is no {shared / folder}")
        elif name in TESSERACT and shutil.which("tesseract") is None:
            print(f"skipped: {name}, because tesseract is not installed")
        else:
            yield from measure()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="where the collections lie")
    parser.add_argument(
        "--only",
        nargs="*",
        default=[],
        help=f"names of parts: {', '.join(PARTS)}",
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        found = list(measures(options.shared.resolve(), Path(place), options.only))
    print(HEADING)
    print("\n".join(measure.row() for measure in found))
    return 0 if all(measure.holds for measure in found) else 1


if __name__ == "__main__":
    sys.exit(main())
