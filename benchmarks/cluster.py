"""What a cluster costs: Dask with two workers of this machine against as many of Errata's own processes, over the same pages, and
what there is to reckon with for a million pages. `python -m benchmarks.cluster` prints the latter."""

from __future__ import annotations

import ctypes
import os
import pickle
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

from PIL import Image, ImageFont

from benchmarks.figures import Bars, Measure, Options, errata, read_bars, with_collections
from benchmarks.fit_pages import FACES, typeface
from benchmarks.harm_pages import PRINT, printed
from pipeline.batch import run_pages
from pipeline.batch.cluster import cluster
from pipeline.batch.pool import Pool
from pipeline.ocr import PageRecord, PageRequest

PAGES, WORKERS, TURN = 60, 2, 10
TASKS = 1000
"""Tasks that do nothing, to see what one costs."""
ONE_AND_MANY = (
    ("fast", "--effort", "fast"),
    ("balanced", "--effort", "balanced"),
    ("each-fast", "--effort", "fast", "--each"),
    ("each-balanced", "--effort", "balanced", "--each"),
)
"""Ways to digitise the scans: as one long document, and each as a short one."""
ADOPT_ORPHANS = 36
"""PR_SET_CHILD_SUBREAPER of prctl(2)."""


def measure_cluster(out: Path, bars: Bars) -> Iterator[Measure]:
    """Time of the same pages, Dask against processes: ten pages with one, ten with the other, and so on by turns, and the median
    of their ratios, since a machine is seldom idle. Both have been started before: a cluster runs on, and forks are quick."""
    out.mkdir(parents=True, exist_ok=True)
    scans = drawn(out / "pages")
    with ExitStack() as stack:
        dask = stack.enter_context(cluster(f"local:{WORKERS}", [], None, print))
        seconds(scans[:4], out / "warm-local", None)
        seconds(scans[:4], out / "warm-dask", dask)
        times: list[tuple[float, float]] = []
        for first in range(0, len(scans), TURN):
            some = scans[first : first + TURN]
            pools = (("local", None), ("dask", dask)) if first % (2 * TURN) == 0 else (("dask", dask), ("local", None))
            took = {name: seconds(some, out / f"{name}-{first}", pool) for name, pool in pools}
            times.append((took["local"], took["dask"]))
            print(f"cluster: {len(some)} pages, processes {took['local']:.1f} s, Dask {took['dask']:.1f} s", flush=True)
        ratio = statistics.median(there / here for here, there in times)
        yield Measure("cluster: Dask's time against processes'", ratio, bars["dask_ratio"])
        same = all(contents(out / f"local-{first}") == contents(out / f"dask-{first}") for first in range(0, len(scans), TURN))
        yield Measure("cluster: pages read otherwise", 0.0 if same else 1.0, {"bar": 0}, shown="{:.0f}")
        cost = 1000 * empty_task(dask)
        yield Measure("cluster: ms of processor time a task", cost, bars["task_ms"], shown="{:.1f}")


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
    """Seconds of processor time of this process, in which the scheduler runs too, that a task costs."""
    requests = [PageRequest(Path("p.png"), 1, number, Path("out")) for number in range(TASKS)]
    began = time.process_time()
    pool.run(requests, nothing, nothing, lambda record: None)
    return (time.process_time() - began) / TASKS


def reckon(options: Options) -> None:
    """Print what a page costs: processor time of the whole command over the scans with each effort, and of repair alone; bytes of
    scans, of what is stored, and of what goes through the scheduler."""
    folder = options.shared / "scans" / "pages"
    scans = sorted(path for path in folder.iterdir() if path.suffix in (".jpg", ".tif", ".png"))
    print(f"{len(scans)} scans, {sum(path.stat().st_size for path in scans) / len(scans) / 1e6:.2f} MB each")
    with tempfile.TemporaryDirectory() as place:
        for name, *how in ONE_AND_MANY:
            out = Path(place) / name
            cost = processor("digitise", "-q", "-j", "1", *how, "-o", out, folder) / len(scans)
            print(f"{' '.join(how)}: {cost:.2f} s of processor time a page; {written(out, len(scans))}", flush=True)
            cost = processor("repair", "-q", "-j", "1", out) / len(scans)
            print(f"    repair and all outputs of it alone, start included: {cost:.3f} s", flush=True)
        record = next((Path(place) / "balanced").rglob("ocr/*.json"))
        asked = len(pickle.dumps(PageRequest(scans[0], 1, 1, Path(place) / "balanced/pages/ocr")))
        answered = len(pickle.dumps(PageRecord.from_json(record.read_text(encoding="utf-8"))))
        print(f"through the scheduler: {asked} bytes asked, {answered} answered, besides what Dask adds", flush=True)
    with tempfile.TemporaryDirectory() as place:
        for measure in measure_cluster(Path(place), read_bars()["cluster"]):
            print(measure.row())


def written(out: Path, pages: int) -> str:
    """Bytes and files a page that lie in a folder of results."""
    files = [path for path in out.rglob("*") if path.is_file()]
    return f"{sum(path.stat().st_size for path in files) / pages / 1e6:.2f} MB in {len(files) / pages:.1f} files written"


def processor(*arguments: str | Path) -> float:
    """Seconds of processor time of one of Errata's commands. Raises as `spent`."""
    return spent([str(part) for part in errata(*arguments)])


def spent(command: list[str]) -> float:
    """Seconds of processor time of a command and all that it starts. Errata's workers are children of a server of processes, for
    which nobody waits: what loses its parent is adopted by this process, which may have no other children. On Linux only.

    Raises CalledProcessError if it fails.
    """
    system = ctypes.CDLL(None)
    system.prctl(ADOPT_ORPHANS, 1, 0, 0, 0)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with suppress(ChildProcessError):
            while True:
                os.waitpid(-1, 0)
    finally:
        system.prctl(ADOPT_ORPHANS, 0, 0, 0, 0)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    sys.exit(with_collections(__doc__, reckon))
