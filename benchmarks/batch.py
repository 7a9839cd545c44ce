"""A night's run in small: killed again and again, 20,000 texts, pages on one process and on two, and what the journal costs."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.figures import HEADING, ROOT, Bars, Measure, errata, read_bars, timed
from pipeline.batch.journal import READ, Journal, Row
from pipeline.batch.journal_places import NAME
from pipeline.batch.workers import LocalPool
from scans.make_samples import render, save

KILLED_PAGES, KILLS = 100, 30
TEXTS, SCANS = 20_000, 300
IDLE = 2_000
"""Requests by which scheduling is measured."""
SUBJECTS = "The Cabinet|Sir Esmond Ovey|The Foreign Office|The Ambassador|A committee of both departments".split("|")
DEEDS = (
    "considered the note of the Soviet Govern-\nment",
    "sent a telegram about the agree-\nment",
    "was told of the nego-\ntiations",
)
RULE = "line-end-hyphen"


def sentences(number: int, count: int) -> str:
    """A text of our own, another for each number."""
    chance = np.random.default_rng(number)
    made = [f"{chance.choice(SUBJECTS)} {chance.choice(DEEDS)} on {chance.integers(1, 29)} March {chance.integers(1919, 1940)}."]
    made += [f"{chance.choice(SUBJECTS)} {chance.choice(DEEDS)} again." for _ in range(count - 1)]
    return "\n".join(made) + "\n"


def draw(folder: Path, count: int, first: int = 0) -> Path:
    """Small typewritten pages."""
    folder.mkdir(parents=True)
    for number in range(first, first + count):
        save(render(sentences(number, 4), number, width=1300, height=500), folder / f"p{number:04d}.png")
    return folder


def measure_batch(out: Path, bars: Bars) -> Iterator[Measure]:
    """All of it."""
    out.mkdir(parents=True, exist_ok=True)
    yield from measure_texts(out / "texts", bars)
    if shutil.which("tesseract") is None:
        print("skipped: pages of batch, because tesseract is not installed")
        return
    yield from measure_kills(out / "kills", bars)
    yield from measure_scaling(out / "scans", bars)


def results(out: Path) -> dict[str, bytes]:
    """All that was written but the journal."""
    found = {path.relative_to(out): path for path in out.rglob("*") if path.is_file()}
    return {str(name): path.read_bytes() for name, path in found.items() if name.parts[0] != Path(NAME).parts[0]}


def measure_kills(out: Path, bars: Bars) -> Iterator[Measure]:
    """100 pages, killed at random moments and begun again each time, against a run that nobody disturbed."""
    draw(out / "pages", KILLED_PAGES)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": f"{counted(out / 'bin')}{os.pathsep}{os.environ['PATH']}"}
    command = [str(word) for word in errata("digitise", "-q", "-j", "2", "--effort", "fast", "pages", "-o")]
    began = time.perf_counter()
    subprocess.run([*command, "whole"], cwd=out, env=environment, check=True)
    a_page, chance = (time.perf_counter() - began) / KILLED_PAGES, np.random.default_rng(1)
    usual = readings(out)
    ocr = out / "killed" / "pages" / "ocr"
    for number in range(KILLS):
        process = subprocess.Popen([*command, "killed"], cwd=out, env=environment)
        wanted = min(KILLED_PAGES - 1, round(KILLED_PAGES * (number + chance.random()) / KILLS))
        while process.poll() is None and len(list(ocr.glob("*.json"))) < wanted:
            time.sleep(0.02)
        time.sleep(chance.random() * a_page)
        process.send_signal(signal.SIGKILL)
        process.wait()
    subprocess.run([*command, "killed"], cwd=out, env=environment, check=True)
    one, other = results(out / "whole"), results(out / "killed")
    differing = sum(one.get(name) != other.get(name) for name in {*one, *other})
    again = readings(out) - 2 * usual
    yield Measure("batch: files that differ after 30 kills", differing, bars["killed_differ"], shown="{:.0f}")
    yield Measure("batch: pages read again, a kill", again / KILLS, bars["killed_repeated"])


def counted(folder: Path) -> Path:
    """A folder with a program `tesseract` that counts how often the real one reads a whole page."""
    folder.mkdir(parents=True)
    program = folder / "tesseract"
    lines = f'case "$*" in *"--psm 3"*) echo page >> "{folder}/readings";; esac\nexec "{shutil.which("tesseract")}" "$@"\n'
    program.write_text(f"#!/bin/sh\n{lines}")
    program.chmod(0o755)
    return folder


def readings(out: Path) -> int:
    return len((out / "bin" / "readings").read_text().split())


def measure_texts(out: Path, bars: Bars) -> Iterator[Measure]:
    """20,000 small texts, and one text that holds them all; then a rule undone over all of them."""
    for number in range(TEXTS):
        path = out / "in" / f"{number // 500:03d}" / f"t{number:05d}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(sentences(number, 3), encoding="utf-8")
    tenth = TEXTS // 10
    large = out / "large.txt"
    large.write_text("\n\n\n\n".join(sentences(number, 3) for number in range(tenth)), encoding="utf-8")
    once = timed(errata("clean", "-q", "-j", "1", large, "-o", out / "one"))
    seconds, memory = watched(errata("clean", "--progress", "json", out / "in", "-o", out / "out"))
    first = [size for done, size in memory if TEXTS // 100 <= done <= tenth]
    last = [size for done, size in memory if done >= TEXTS - tenth]
    yield Measure("batch: texts a second", TEXTS / seconds, bars["texts_a_second"], True, "{:.0f}")
    yield Measure("batch: memory, last tenth against first", max(last) / max(first), bars["texts_memory"])
    yield Measure("batch: time a text, against one large text", seconds / TEXTS * tenth / once, bars["texts_against_large"])
    undone = timed(errata("undo", "-q", out / "out", "--rule", RULE))
    yield Measure("batch: seconds to undo a rule over all", undone, bars["texts_undo"], shown="{:.0f}")


def watched(command: list[str | Path]) -> tuple[float, list[tuple[int, int]]]:
    """(seconds of a command, how many were done and how much memory it and its workers had, in kB, every second)."""
    with tempfile.TemporaryFile("w+") as told:
        began = time.perf_counter()
        process = subprocess.Popen([str(word) for word in command], cwd=ROOT, stderr=told)
        found = []
        while process.poll() is None:
            time.sleep(1)
            told.flush()
            found.append((told_done(told.fileno()), sum(map(memory_of, family(process.pid)))))
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        return time.perf_counter() - began, found


def told_done(file: int) -> int:
    """How many are done, by the last line of progress."""
    size = os.fstat(file).st_size
    lines = os.pread(file, 4096, max(0, size - 4096)).decode(errors="replace").split("\n")[1:-1]
    events = [json.loads(line) for line in lines if line.startswith('{"event": "progress"')]
    return int(events[-1]["done"]) if events else 0


def family(root: int) -> list[int]:
    """A process and all that it started, by /proc."""
    parents = {}
    for path in Path("/proc").iterdir():
        if path.name.isdecimal():
            try:
                parents[int(path.name)] = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def memory_of(pid: int) -> int:
    """kB of memory of a process, what it shares counted in part."""
    try:
        rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(row.split()[1]) for row in rows if row.startswith("Pss:")), 0)


def measure_scaling(out: Path, bars: Bars) -> Iterator[Measure]:
    """300 pages on one process and on two, in turn, a third of them at a time; and what scheduling and journal cost."""
    taken = {1: 0.0, 2: 0.0}
    plain = 0.0
    for part in range(3):
        pages = draw(out / f"pages{part}", SCANS // 3, part * SCANS // 3)
        for jobs in taken:
            made = out / f"made{part}-{jobs}"
            taken[jobs] += timed(errata("digitise", "-q", "-j", str(jobs), "--effort", "fast", pages, "-o", made))
        plain += plainly(pages, out)
    yield Measure("batch: pages a minute, one process", 60 * SCANS / taken[1], bars["pages_one"], True, "{:.0f}")
    yield Measure("batch: pages a minute, two processes", 60 * SCANS / taken[2], bars["pages_two"], True, "{:.0f}")
    yield Measure("batch: two processes against one", taken[1] / taken[2], bars["pages_ratio"], True)
    yield Measure(
        "batch: scheduling, share of Tesseract's time", scheduling(out) / (plain / SCANS), bars["overhead"], shown="{:.2%}"
    )


def plainly(pages: Path, out: Path) -> float:
    """Seconds of plain Tesseract over pages, one after the other."""
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    began = time.perf_counter()
    for page in sorted(pages.iterdir()):
        command = ["tesseract", str(page), str(out / "plain"), "hocr"]
        subprocess.run(command, env=environment, check=True, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


def nothing(number: int) -> int:
    return number


def scheduling(out: Path) -> float:
    """Seconds that handing out a page, taking back what came of it, and the journal take."""
    journal = Journal(out, out / "idle" / NAME)
    journal.begin('{"command": "idle"}')
    journal.opened("idle", range(IDLE))
    began = [0.0]

    def requests() -> Iterator[int]:
        for number in range(IDLE):
            journal.started("idle", number, READ)
            yield number

    def on_done(number: int) -> None:
        began[0] = began[0] or time.perf_counter()  # workers have started
        journal.ended(("idle", number, READ), Row("done", "", f"{number:064x}", "settings"))

    LocalPool(2).run(requests(), nothing, nothing, on_done)
    journal.end("done")
    return (time.perf_counter() - began[0]) / IDLE


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parts = {"texts": measure_texts, "kills": measure_kills, "scans": measure_scaling}
    parser.add_argument("--only", nargs="*", choices=parts, default=list(parts))
    bars = read_bars()["batch"]
    with tempfile.TemporaryDirectory() as place:
        found = [one for name in parser.parse_args().only for one in parts[name](Path(place, name), bars)]
    print(HEADING)
    print("\n".join(measure.row() for measure in found))
    return 0 if all(measure.holds for measure in found) else 1


if __name__ == "__main__":
    sys.exit(main())
