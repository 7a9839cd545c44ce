"""A watched folder: what is complete is made, what is written still is left, and what failed waits until it changes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import PAGE, Errata, draw_page

from pipeline.batch.alone import LOCK, alone_in
from pipeline.batch.order import Order
from pipeline.batch.outcomes import Outcome
from pipeline.batch.watching import MEMORY, Habits, Task, Watch, thing_of
from pipeline.errors import ExitCode, OccupiedOutput
from pipeline.settings import Settings
from pipeline.sources.discover import Document


class Silent:
    """A reporter that keeps what it is told."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []

    def begin(self, total: int, what: str) -> None: ...

    def advance(self, name: str) -> None: ...

    def finished(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)

    def end(self) -> None: ...


Made = list[tuple[str, str, list[str]]]


@pytest.fixture
def box(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    return tmp_path / "in"


def watch(box: Path, made: Made, said: list[str] | None = None, **habits: float) -> Watch:
    """A watch that only notes what it would make: (task, place, files)."""

    def make(task: Task, documents: object) -> list[Outcome]:
        assert isinstance(documents, list)
        for document in documents:
            assert isinstance(document, Document)
            made.append((task, str(document.relative_out), [path.name for path in document.inputs]))
        return []

    order = Order(box.parent / "out", Settings(jobs=1))
    said = [] if said is None else said
    return Watch(box, order, Habits(**{"quiet_for": 60.0, **habits}), make, Silent(), said.append)  # type: ignore[arg-type]


def look(watched: Watch, now: float) -> None:
    watched.work(watched.ready(now))


def test_a_file_that_grows_is_left_until_it_rests(box: Path) -> None:
    made: Made = []
    watched = watch(box, made)
    path = box / "a.png"
    for now in range(0, 30, 5):
        path.write_bytes(b"x" * (now + 1))
        look(watched, now)
    assert made == []
    for now in (30, 34, 36, 60):
        look(watched, now)
    assert made == [("digitise", "a", ["a.png"])]
    path.write_bytes(b"more")
    look(watched, 100)
    look(watched, 111)
    assert len(made) == 2, "what has changed is made again"


def test_a_folder_is_one_document_when_it_is_quiet(box: Path) -> None:
    made: Made = []
    watched = watch(box, made)
    pages = box / "letters"
    (pages / "more").mkdir(parents=True)
    (pages / "p2.png").write_bytes(b"x")
    look(watched, 0)
    (pages / "p10.tif").write_bytes(b"x")
    (pages / "more" / "p11.pdf").write_bytes(b"x")
    for now in (30, 61, 89):
        look(watched, now)
    assert made == []
    (pages / "p12.png.part").write_bytes(b"x")
    look(watched, 200)
    assert made == [], "somebody still writes"
    (pages / "p12.png.part").rename(pages / "p12.png")
    look(watched, 210)
    look(watched, 271)
    assert made == [("digitise", "letters", ["p2.png", "p10.tif", "p12.png", "p11.pdf"])]


def test_what_is_taken_and_what_is_not(box: Path) -> None:
    made: Made = []
    said: list[str] = []
    watched = watch(box, made, said)
    for name in (".hidden.png", "b.png.part", "b.tmp", "~b.png", "notes.doc", "a.txt", "a.alto.xml", "box.zip", "c.pdf"):
        (box / name).write_bytes(b"x")
    (box / "texts").mkdir()
    (box / "texts" / "1.txt").write_bytes(b"x")
    (box / "away").symlink_to(box.parent / "out")
    for now in (0, 100, 200):
        look(watched, now)
    assert sorted(made) == [
        ("clean", "a", ["a.alto.xml"]),
        ("clean", "a", ["a.txt"]),
        ("clean", "texts", ["1.txt"]),
        ("digitise", "c", ["c.pdf"]),
    ]
    assert sorted(line.rpartition("/")[2].split(" is")[0] for line in said) == ["away", "box.zip", "notes.doc"], (
        "each is said once"
    )


def test_what_cannot_be_opened_is_waited_for(box: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (box / "a.png").write_bytes(b"x")
    assert not thing_of(box / "a.png", [box / "a.png"], whole=False).busy

    def refuse(path: Path, *_: object) -> None:
        raise PermissionError(13, "in use")

    monkeypatch.setattr(Path, "open", refuse)
    assert thing_of(box / "a.png", [box / "a.png"], whole=False).busy


def test_once(errata: Errata, box: Path) -> None:
    (box / "letter.txt").write_text(PAGE)
    (box / "letter.md").write_text(PAGE)
    (box / "broken.txt").write_bytes(bytes(100) + b"x")
    os.mkfifo(box / "pipe.txt")
    watched = ("watch", "in", "out", "--once", "--quiet-for", "0.1")
    ran = errata(*watched)
    assert ran.code == ExitCode.PARTIAL, ran.err
    assert ran.err.count("broken.txt") == ran.err.count("pipe.txt") == 1
    out = box.parent / "out"
    assert "Government" in (out / "letter" / "text.txt").read_text() and (out / "letter.txt" / "text.txt").is_file()
    assert json.loads((out / "batch.json").read_bytes())["documents"]
    ran = errata(*watched)
    assert (ran.code, ran.err) == (0, ""), "what failed is not tried again, what is done is not done again"
    (box / "broken.txt").write_text(PAGE)
    ran = errata(*watched)
    assert ran.code == 0 and "out/broken" in ran.err and "letter" not in ran.err
    assert errata(*watched, "--cautious").code == ExitCode.PARTIAL, "with other settings all is tried again"
    assert len(json.loads((out / "batch.json").read_bytes())["documents"]) >= 3


def test_a_folder_that_is_not_there(errata: Errata) -> None:
    ran = errata("watch", "nowhere", "out", "--once")
    assert ran.code == ExitCode.BAD_ARGS and "no such folder" in ran.err


def test_one_at_a_time(errata: Errata, box: Path) -> None:
    out = box.parent / "out"
    with alone_in(out):
        ran = errata("watch", "in", "out", "--once")
        assert ran.code == ExitCode.FILE_ACCESS and f"process {os.getpid()}" in ran.err
        with pytest.raises(OccupiedOutput), alone_in(out):
            pass
    (out / LOCK).write_text("process 999999999 on elsewhere\n")
    assert errata("watch", "in", "out", "--once").code == 0, "a lock that nobody holds is taken over"


def started(box: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "pipeline", "watch", "in", "out", "--every", "0.2", "--quiet-for", "1", "-j", "1", *options]
    return subprocess.Popen(command, cwd=box.parent, stderr=subprocess.PIPE, text=True)


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.1)
    assert true()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, ExitCode.OK), (signal.SIGINT, ExitCode.CTRL_C)])
def test_a_slow_scanner(box: Path, number: int, code: ExitCode) -> None:
    draw_page(PAGE).save(box.parent / "page.png")
    data = (box.parent / "page.png").read_bytes()
    running = started(box, "--effort", "fast")

    def scan() -> None:
        with (box / "page.png").open("wb") as file:
            for at in range(0, len(data), len(data) // 10):
                file.write(data[at : at + len(data) // 10])
                file.flush()
                time.sleep(0.3)

    writer = threading.Thread(target=scan)
    try:
        until((box.parent / "out" / LOCK).exists)
        writer.start()
        writer.join()
        assert not (box.parent / "out" / "page").exists(), "it was not complete"
        until((box.parent / "out" / MEMORY).exists)
    finally:
        running.send_signal(number)
        said = running.communicate(timeout=60)[1]
    assert running.returncode == code, said
    assert "Government" in (box.parent / "out" / "page" / "text.txt").read_text()
    assert "Traceback" not in said and "what is finished is kept" in said and "errata: in" not in said
