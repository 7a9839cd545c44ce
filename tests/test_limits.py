"""What dies, hangs or wants too much costs itself and nothing else; what would cost everything stops the run."""

from __future__ import annotations

import errno
import multiprocessing
import os
import random
import signal
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from conftest import PAGE, Errata, draw_page
from small_tesseract import apart, small_tesseract

from pipeline.batch import pages as batch_pages
from pipeline.batch.limits import machine_memory, memory_limit
from pipeline.batch.order import Order, home_of
from pipeline.batch.outcomes import Outcome
from pipeline.batch.pages import read_page
from pipeline.batch.stamp import read_stamp
from pipeline.batch.texts import pool_for, run_texts
from pipeline.batch.workers import LocalPool
from pipeline.console import Console
from pipeline.errors import ExitCode, ToolFailed, UnwritableOutput
from pipeline.ocr import PageRequest, recognise
from pipeline.settings import Settings

linux = pytest.mark.skipif(sys.platform != "linux", reason="limits of memory and sessions are Linux's")


def work(request: int | str) -> object:
    """What a request says: a number comes back; the words have the worker do something bad."""
    if request == "sleep":
        time.sleep(60)
    if request == "die":
        os.kill(os.getpid(), signal.SIGSEGV)
    if request == "much":
        try:
            return len(bytearray(4_000_000_000))
        except MemoryError:
            return "too much"
    time.sleep(0.02)
    return request, os.getpid()


def run(requests: list[int | str], pool: LocalPool) -> list[object]:
    done: list[object] = []
    pool.run(requests, work, lambda request: f"lost {request}", done.append)
    return [one[0] if isinstance(one, tuple) else one for one in done]


def test_what_takes_too_long_is_ended_and_the_others_go_on() -> None:
    began = time.monotonic()
    pool = LocalPool(2, apart=True, seconds=lambda request: 1.5, late=lambda request: f"late {request}")
    assert sorted(map(str, run([1, "sleep", 2, 3, 4], pool))) == ["1", "2", "3", "4", "late sleep"]
    assert time.monotonic() - began < 20


def test_what_crashes_is_tried_again_and_then_lost() -> None:
    assert sorted(map(str, run([1, "die", 2, 3], LocalPool(2)))) == ["1", "2", "3", "lost die"]


@linux
def test_what_wants_too_much_memory_gets_an_error() -> None:
    assert run(["much", 1], LocalPool(1, apart=True, memory=1_000_000_000)) == ["too much", 1]
    assert 0 < memory_limit(Settings()) < machine_memory()
    assert memory_limit(Settings(memory=700)) == 700_000_000


def test_workers_killed_at_random_lose_nothing_and_do_nothing_twice() -> None:
    seed, pids, over = random.Random(7), set[int](), threading.Event()
    done: list[object] = []

    def on_done(found: object) -> None:
        assert isinstance(found, tuple)
        done.append(found[0])
        pids.add(found[1])

    def killer() -> None:
        for _ in range(8):
            if over.wait(0.3):
                return
            for pid in seed.sample(sorted(pids), min(1, len(pids))):
                pids.discard(pid)
                with suppress(ProcessLookupError):  # it was killed before what it had done was heard of
                    os.kill(pid, signal.SIGKILL)

    thread = threading.Thread(target=killer)
    thread.start()
    try:
        LocalPool(3).run(range(100), work, lambda request: (f"lost {request}", 0), on_done)
    finally:
        over.set()
        thread.join()
    assert sorted(done, key=str) == sorted(range(100), key=str)


@dataclass(frozen=True)
class Napping:
    """A document that takes its time."""

    folder: Path
    seconds: float

    @property
    def name(self) -> str:
        return self.folder.name

    def run(self) -> Outcome:
        time.sleep(self.seconds)
        return Outcome(self.name, self.folder, "done")


def test_a_document_that_takes_too_long_costs_itself(tmp_path: Path) -> None:
    jobs = [Napping(tmp_path / f"d{number}", 60 if number == 2 else 0) for number in range(4)]
    outcomes = run_texts(jobs, 2, Console(quiet=True), pool_for(Settings(jobs=2, document_seconds=1.5)))
    assert {outcome.name: outcome.state for outcome in outcomes} == dict(
        zip(("d0", "d1", "d2", "d3"), ["done"] * 2 + ["failed"] + ["done"], strict=True)
    )
    late = next(outcome for outcome in outcomes if outcome.error)
    assert "d2: took more than 1.5 seconds" in str(late.error) and "document_seconds" in str(late.error)


def test_a_page_that_takes_too_long_is_named_and_the_run_goes_on(errata: Errata, tmp_path: Path) -> None:
    small_tesseract(tmp_path / "bin", None, '[ $(wc -c < "$1") -gt 700000 ] && sleep 60')
    (tmp_path / "in").mkdir()
    for number, height in ((1, 400), (2, 1400), (3, 400)):
        draw_page(PAGE, (900, height)).save(tmp_path / "in" / f"p{number}.png")
    given = ("digitise", "in", "-o", "out", "--effort", "fast", "-j", "2", "--page-seconds", "4")
    ran = apart(tmp_path, tmp_path / "bin", *given)
    assert ran.returncode == ExitCode.PARTIAL, ran.stderr
    assert "page 2: in/p2.png: took more than 4 seconds and was ended. Raise page_seconds" in ran.stderr
    assert "page 1" not in ran.stderr and "page 3" not in ran.stderr
    assert errata("status", "out").out.count("failed: in page 2") == 1


def lead_and_read() -> None:
    """What a worker does: lead a session, and read a page; the time is soon over."""
    os.setsid()
    with pytest.raises(ToolFailed, match="more than 1 seconds"):
        recognise(np.asarray(draw_page(PAGE)), timeout=1)


@linux
def test_tesseract_is_ended_with_all_that_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_tesseract(tmp_path / "bin", monkeypatch, f"sleep 60 & echo $! > {tmp_path}/pid; wait")
    worker = multiprocessing.get_context("fork").Process(target=lead_and_read)
    worker.start()
    worker.join(30)
    assert worker.exitcode == 0
    child = Path("/proc", (tmp_path / "pid").read_text().strip(), "stat")
    time.sleep(0.2)
    assert not child.exists() or ") Z " in child.read_text()


def test_half_a_result_of_tesseract_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_tesseract(tmp_path / "bin", monkeypatch, 'head -c 300 /dev/zero > "$2.hocr"; exit 0')
    with pytest.raises(ToolFailed, match="no whole result"):
        recognise(np.asarray(draw_page(PAGE)))


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device", "/somewhere")


@pytest.mark.parametrize("place", ["pipeline.batch.pages.store", "pipeline.outputs.files.holds"])
def test_a_full_disk_stops_the_run_and_it_goes_on_from_there(
    errata: Errata, scan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    small_tesseract(tmp_path / "bin", monkeypatch)
    with monkeypatch.context() as patched:
        patched.setattr(place, full)
        ran = errata("digitise", scan, "-o", "out", "--effort", "fast")
    assert ran.code == ExitCode.FILE_ACCESS and "No space left on device" in ran.err, ran.err
    assert read_stamp(tmp_path / "out" / "scan") is None
    assert "No space left" in errata("status", "out").out
    assert errata("digitise", scan, "-o", "out", "--effort", "fast").code == ExitCode.OK


def test_no_room_for_tesseract_stops_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_tesseract(tmp_path / "bin", monkeypatch, "exit 1")
    monkeypatch.setattr("pipeline.ocr.tesseract.LEAST_ROOM", 1 << 60)
    with pytest.raises(UnwritableOutput, match="no room left for temporary files"):
        recognise(np.asarray(draw_page(PAGE)))


def test_an_output_folder_that_goes_away_stops_the_run(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    home = home_of(Order(tmp_path / "out", Settings()))
    assert home is not None
    home.check()
    (tmp_path / "out").rename(tmp_path / "elsewhere")
    with pytest.raises(UnwritableOutput, match="gone"):
        home.check()
    (tmp_path / "out").mkdir()  # as where a disk was taken out
    with pytest.raises(UnwritableOutput, match="gone"):
        home.check()


def test_a_scan_that_changes_while_it_is_read_is_read_again(scan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    request = PageRequest(scan, 1, 1, tmp_path / "ocr")
    real = batch_pages.treat_and_recognise

    def change(*arguments: object) -> object:
        draw_page("another page").save(scan)
        return real(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(batch_pages, "treat_and_recognise", change)
        assert "changed while" in read_page(request).failed
    assert not read_page(request).failed


def test_a_text_that_changes_while_it_is_read_is_made_again(
    errata: Errata, text_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.batch import documents

    real = documents.keep_inputs

    def change(*arguments: object, **named: object) -> None:
        real(*arguments, **named)  # type: ignore[arg-type]
        text_file.write_text("another text\n")

    with monkeypatch.context() as patched:
        patched.setattr(documents, "keep_inputs", change)
        ran = errata("clean", text_file, "-o", "out")
    assert ran.code == ExitCode.INPUT_FILE and "changed while" in ran.err
    assert errata("clean", text_file, "-o", "out").code == ExitCode.OK
    assert (tmp_path / "out" / "letter" / "text.txt").read_text() == "another text\n"


def test_the_largest_image_can_be_set(errata: Errata, scan: Path, tmp_path: Path) -> None:
    draw_page(PAGE, (1500, 1000)).save(scan)
    (tmp_path / "errata.toml").write_text("megapixels = 1\n")
    ran = errata("digitise", scan, "-o", "out")
    assert ran.code == ExitCode.INPUT_FILE and "the limit is 1 million" in ran.err
