"""What a cluster costs: Dask with two workers of this machine against as many of Errata's own processes, over the same pages, and
what there is to reckon with for a million pages. `python -m benchmarks.cluster` prints the latter."""

from __future__ import annotations

import pickle
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from PIL import Image, ImageFont

from benchmarks.figures import Bars, Measure, Options, errata, read_bars, with_collections
from benchmarks.fit_pages import FACES, typeface
from benchmarks.harm_pages import PRINT, printed
from pipeline.batch import run_pages
from pipeline.batch.cluster import cluster
from pipeline.batch.pool import Pool
from pipeline.ocr import PageRecord, PageRequest

PAGES, WORKERS, ROUNDS = 60, 2, 3
TASKS = 1000
"""Tasks that do nothing, to see what one costs."""


def measure_cluster(out: Path, bars: Bars) -> Iterator[Measure]:
    """Time of the same pages, Dask against processes: rounds of both by turns, the median of their ratios, since a machine is
    seldom idle. Both have been started and warmed up before: a cluster runs on, and forks are quick."""
    out.mkdir(parents=True, exist_ok=True)
    scans = drawn(out / "pages")
    with ExitStack() as stack:
        dask = stack.enter_context(cluster(f"local:{WORKERS}", [], None, print))
        seconds(scans[:4], out / "warm-local", None)
        seconds(scans[:4], out / "warm-dask", dask)
        ratios = []
        for turn in range(ROUNDS):
            here = seconds(scans, out / f"local-{turn}", None)
            there = seconds(scans, out / f"dask-{turn}", dask)
            ratios.append(there / here)
            print(f"cluster: {len(scans)} pages, processes {here:.1f} s, Dask {there:.1f} s", flush=True)
        yield Measure("cluster: Dask's time against processes'", statistics.median(ratios), bars["dask_ratio"])
        same = contents(out / "local-0") == contents(out / "dask-0")
        yield Measure("cluster: pages read otherwise", 0.0 if same else 1.0, {"bar": 0}, shown="{:.0f}")
        yield Measure("cluster: ms a task that does nothing", 1000 * empty_task(dask), bars["task_ms"], shown="{:.1f}")


def drawn(folder: Path) -> list[Path]:
    """Pages of our own, each another."""
    if folder.is_dir():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    face = next((face for name in FACES if (face := typeface(name, 42)) is not None), None) or ImageFont.load_default(42)
    assert isinstance(face, ImageFont.FreeTypeFont)
    for number in range(1, PAGES + 1):
        image, _ = printed(f"Leaf {number}\n\n{PRINT[number % len(PRINT)]}", face)
        Image.fromarray(image).save(folder / f"p{number:03d}.png")
    return sorted(folder.glob("*.png"))


def seconds(scans: list[Path], out: Path, pool: Pool | None) -> float:
    """How long some pages take to be read once each."""
    requests = [PageRequest(path, 1, number, out) for number, path in enumerate(scans, 1)]
    failed: list[str] = []

    def on_done(record: PageRecord) -> None:
        if record.failed:
            failed.append(record.failed)

    began = time.perf_counter()
    run_pages(requests, WORKERS, on_done, pool=pool)
    assert not failed, failed[0]
    return time.perf_counter() - began


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def nothing(request: PageRequest) -> PageRecord:
    """A task without work."""
    return PageRecord(request.number, str(request.path), request.frame)


def empty_task(pool: Pool) -> float:
    """Seconds that a task costs beside its work."""
    requests = [PageRequest(Path("p.png"), 1, number, Path("out")) for number in range(TASKS)]
    began = time.perf_counter()
    pool.run(requests, nothing, nothing, lambda record: None)
    return (time.perf_counter() - began) / TASKS


def reckon(options: Options) -> None:
    """Print what a page costs: processor time of the whole command over the scans with each effort, and of repair alone; bytes of
    scans, of what is stored, and of what goes through the scheduler."""
    scans = sorted(path for path in (options.shared / "scans" / "pages").iterdir() if path.suffix in (".jpg", ".tif", ".png"))
    size = sum(path.stat().st_size for path in scans) / len(scans)
    print(f"{len(scans)} scans, {size / 1e6:.2f} MB each")
    with tempfile.TemporaryDirectory() as place:
        for effort in ("fast", "balanced"):
            out = Path(place) / effort
            spent = processor("digitise", "-q", "-j", "2", "--effort", effort, "-o", out, options.shared / "scans" / "pages")
            files = [path for path in out.rglob("*") if path.is_file()]
            stored = sum(path.stat().st_size for path in files) / len(scans)
            told = f"{stored / 1e6:.2f} MB in {len(files) / len(scans):.1f} files written"
            print(f"{effort}: {spent / len(scans):.2f} s of processor time a page; {told}")
        spent = processor("repair", "-q", "-j", "1", Path(place) / "balanced")
        print(f"repair and all outputs alone: {spent / len(scans):.3f} s of processor time a page, start included")
        record = next((Path(place) / "balanced").rglob("ocr/*.json"))
        asked = len(pickle.dumps(PageRequest(scans[0], 1, 1, Path(place) / "balanced/pages/ocr")))
        answered = len(pickle.dumps(PageRecord.from_json(record.read_text(encoding="utf-8"))))
        print(f"through the scheduler: {asked} bytes asked, {answered} answered, besides what Dask adds")
    with tempfile.TemporaryDirectory() as place:
        for measure in measure_cluster(Path(place), read_bars()["cluster"]):
            print(measure.row())


def processor(*arguments: str | Path) -> float:
    """Seconds of processor time of a command and all that it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([str(part) for part in errata(*arguments)], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    sys.exit(with_collections(__doc__, reckon))
