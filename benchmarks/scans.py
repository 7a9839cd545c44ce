"""The scans with ground truth, read with each effort, against plain Tesseract with as many processes on the same machine."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.figures import Bars, Measure, errata, timed
from pipeline.evaluate import evaluate, score_pages
from pipeline.evaluate.pages import Scores

IMAGES = (".jpg", ".tif", ".png")
PROCESSES = 2
EFFORTS = ("fast", "balanced", "thorough")
WORSE_EDITS, WORSE_SHARE = 4, 0.003
"""A page is worse than plain Tesseract's with more character errors than so many, and than this share of its characters."""


def measure_scans(shared: Path, out: Path, bars: Bars) -> Iterator[Measure]:
    """Word error rates before and after repair by kind of page, pages worse than plain Tesseract's, and time."""
    truth = shared / "scans" / "pages"
    images = sorted(path for path in truth.iterdir() if path.suffix in IMAGES)
    seconds_plain, texts = tesseract(images, out / "tesseract")
    plain = score_pages(truth, texts)
    print(f"\nPlain Tesseract on the scans: {seconds_plain:.1f} s, word error rate {rates(plain)}")
    for effort in EFFORTS:
        folder, wanted = out / effort, bars[f"scans-{effort}"]
        seconds = timed(errata("digitise", "-q", "--each", "-j", str(PROCESSES), "--effort", effort, "-o", folder, truth))
        report = evaluate(truth, folder)
        assert report.before is not None and report.after is not None
        print(f"{effort}: {seconds:.1f} s; before repair {rates(report.before)}; after {rates(report.after)}", flush=True)
        yield Measure(f"{effort}: pages missing", sum(page.missing for page in report.after.pages), {"bar": 0}, shown="{:.0f}")
        yield Measure(f"{effort}: pages worse than plain", worse(plain, report.after), wanted["worse"], shown="{:.0f}")
        yield Measure(f"{effort}: times plain Tesseract's time", seconds / seconds_plain, wanted["time"])
        yield from by_kind(effort, "before", report.before, wanted)
        yield from by_kind(effort, "after", report.after, wanted)


def by_kind(effort: str, when: str, scores: Scores, bars: Mapping[str, Mapping[str, float]]) -> Iterator[Measure]:
    """The word error rates that have a bar: `before` or `after`, and with a kind, as in `ehri_after`."""
    for kind, found in {"": scores, **scores.by_kind()}.items():
        if (name := f"{kind}_{when}".lstrip("_")) in bars:
            yield Measure(f"{effort}: WER {when} repair{', ' + kind if kind else ''}", found.wer, bars[name], shown="{:.2%}")


def rates(scores: Scores) -> str:
    kinds = ", ".join(f"{kind} {found.wer:.2%}" for kind, found in scores.by_kind().items())
    return f"{scores.wer:.2%} ({kinds})"


def worse(plain: Scores, ours: Scores) -> int:
    """How many pages have clearly more character errors than plain Tesseract leaves."""
    before = {page.name: page for page in plain.pages}
    return sum(
        page.character_edits - before[page.name].character_edits > max(WORSE_EDITS, WORSE_SHARE * page.characters)
        for page in ours.pages
    )


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
