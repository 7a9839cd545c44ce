"""Workers: all pages are read, one that dies costs its page, and Ctrl-C stops everything."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.batch import run_pages
from pipeline.errors import MissingDependency
from pipeline.ocr import PageRecord, PageRequest


def answer(request: PageRequest) -> PageRecord:
    return PageRecord(request.number, str(request.path), request.frame)


def die_at_three(request: PageRequest) -> PageRecord:
    if request.number == 3:
        os._exit(1)
    time.sleep(0.05)
    return answer(request)


def lack(request: PageRequest) -> PageRecord:
    raise MissingDependency("Tesseract is not installed", advice="Install it")


def interrupt(request: PageRequest) -> PageRecord:
    raise KeyboardInterrupt


def requests(folder: Path, count: int) -> list[PageRequest]:
    return [PageRequest(folder / f"p{k}.png", 1, k, folder / "ocr") for k in range(1, count + 1)]


@pytest.mark.parametrize("jobs", [0, 1, 2, 5])
def test_every_page_is_read_once(tmp_path: Path, jobs: int) -> None:
    done: list[int] = []
    run_pages(requests(tmp_path, 4), jobs, lambda record: done.append(record.number), answer)
    assert sorted(done) == [1, 2, 3, 4]


def test_no_pages_at_all() -> None:
    run_pages([], 2, lambda record: None, answer)


def test_a_worker_that_dies_costs_its_page(tmp_path: Path) -> None:
    done: dict[int, PageRecord] = {}
    run_pages(requests(tmp_path, 6), 2, lambda record: done.update({record.number: record}), die_at_three)
    assert sorted(done) == [1, 2, 3, 4, 5, 6]
    assert [number for number, record in done.items() if record.failed] == [3]
    assert "died" in done[3].failed
    assert (tmp_path / "ocr" / "0003.json").exists()


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_stops_every_page_is_raised(tmp_path: Path, jobs: int) -> None:
    with pytest.raises(MissingDependency):
        run_pages(requests(tmp_path, 4), jobs, lambda record: None, lack)


def test_an_interrupt_in_the_caller_is_raised_again(tmp_path: Path) -> None:
    def stop(record: PageRecord) -> None:
        raise KeyboardInterrupt

    begin = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run_pages(requests(tmp_path, 50), 2, stop, die_at_three)
    assert time.monotonic() - begin < 10


def runs(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be collected does not."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat")
        return not (state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z")
    except (ProcessLookupError, FileNotFoundError):
        return False


SCRIPT = """
import sys
from pathlib import Path
from PIL import Image, ImageDraw
from pipeline.batch import run_pages
from pipeline.ocr import PageRequest

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    image = Image.new("L", (600, 600), 255)
    for k in range(60):
        ImageDraw.Draw(image).text((20 + 90 * (k % 6), 20 + 50 * (k // 6)), "letters", fill=0, font_size=24)
    image.save(folder / "page.png")
    print("begun", flush=True)
    run_pages([PageRequest(folder / "page.png", 1, k, folder / "ocr") for k in range(1, 9)], 2, print)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_ends_workers_and_their_tesseracts(tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    lines = (
        '#!/bin/sh\ncase "$1" in --version) echo "tesseract 5.3.0"; exit;; --list-langs) echo List; echo eng; exit;; esac\n'
        f'echo $$ >> "{tmp_path}/pids"\nexec sleep 60\n'
    )
    (folder / "tesseract").write_text(lines)
    (folder / "tesseract").chmod(0o755)
    (tmp_path / "go.py").write_text(SCRIPT)
    env = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(Path(__file__).parent.parent)}
    process = subprocess.Popen(
        [sys.executable, str(tmp_path / "go.py"), str(tmp_path)], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    pids = tmp_path / "pids"
    for _ in range(300):
        if pids.exists() and len(pids.read_text().split()) >= 2:
            break
        time.sleep(0.1)
    begin = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=15)
    assert time.monotonic() - begin < 8
    assert process.returncode != 0 and b"KeyboardInterrupt" in errors
    time.sleep(0.3)
    assert not [pid for pid in pids.read_text().split() if runs(int(pid))]
