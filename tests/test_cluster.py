"""Many machines: the workers of a Dask cluster read the same as local processes, and what dies costs nothing."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import PAGE, Errata, draw_page
from test_workers import answer, die_at_three, lack, requests, runs

from pipeline.batch import cluster as clusters
from pipeline.batch import run_pages
from pipeline.batch.cluster import check_machines, cluster
from pipeline.batch.dask_pool import DaskPool
from pipeline.batch.dask_worker import Terms
from pipeline.batch.stamp import read_stamp
from pipeline.errors import ExitCode, MissingDependency, UnreadableInput
from pipeline.ocr import PageRecord, PageRequest
from pipeline.ocr.pages import hocr_path, record_path

distributed = pytest.importorskip("distributed", reason="Dask is not installed: pip install 'errata[dask]'")
ROOT = Path(__file__).parent.parent
pytestmark = [
    pytest.mark.xdist_group("cluster"),
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),  # Dask's own
]


def slow_answer(request: PageRequest) -> PageRecord:
    time.sleep(0.2)
    return answer(request)


def worker(request: PageRequest) -> PageRecord:
    return PageRecord(os.getpid(), str(request.path), request.frame)


def states(dask_scheduler: distributed.Scheduler) -> list[str]:
    return [task.state for task in dask_scheduler.tasks.values()]


def quiet(text: str) -> None:
    pass


@pytest.fixture(scope="module")
def pool() -> Iterator[DaskPool]:
    with cluster("local:2", [], None, quiet) as made:
        yield made


def pages(folder: Path, count: int) -> Path:
    """A folder of small scans."""
    folder.mkdir()
    for number in range(1, count + 1):
        draw_page(f"Page {number}.\n{PAGE}").save(folder / f"p{number}.png")
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_bytes_as_from_local_processes(pool: DaskPool, tmp_path: Path) -> None:
    scans = pages(tmp_path / "scans", 3)
    for name, chosen in (("local", None), ("dask", pool)):
        wanted = [PageRequest(scans / f"p{k}.png", 1, k, tmp_path / name) for k in range(1, 4)]
        records: list[PageRecord] = []
        run_pages(wanted, 2, records.append, pool=chosen)
        assert sorted(record.number for record in records) == [1, 2, 3] and not any(record.failed for record in records)
    assert files(tmp_path / "local") == files(tmp_path / "dask") and hocr_path(tmp_path / "dask", 3).exists()


def test_a_page_that_ends_every_worker_costs_itself_only(pool: DaskPool, tmp_path: Path) -> None:
    done: list[PageRecord] = []
    run_pages(requests(tmp_path, 8), 2, done.append, die_at_three, pool)
    assert sorted(record.number for record in done) == list(range(1, 9))
    assert [record.number for record in done if record.failed] == [3]
    assert "died" in next(record.failed for record in done if record.failed) and record_path(tmp_path / "ocr", 3).exists()


def test_a_worker_that_is_killed_costs_nothing(pool: DaskPool, tmp_path: Path) -> None:
    pool.client.wait_for_workers(2, timeout=20)
    victims = list(pool.client.run(os.getpid).values())
    done: list[int] = []

    def on_done(record: PageRecord) -> None:
        if not done:
            os.kill(victims[0], signal.SIGKILL)
        done.append(record.number)
        assert not record.failed

    run_pages(requests(tmp_path, 16), 2, on_done, slow_answer, pool)
    assert sorted(done) == list(range(1, 17))
    assert not runs(victims[0])


def test_workers_that_are_gone_for_good_are_replaced(pool: DaskPool, tmp_path: Path) -> None:
    pool.client.retire_workers(list(pool.client.nthreads()), close_workers=True)
    done: list[int] = []
    run_pages(requests(tmp_path, 4), 2, lambda record: done.append(record.number), answer, pool)
    assert sorted(done) == [1, 2, 3, 4]


def test_few_are_under_way_at_a_time(pool: DaskPool, tmp_path: Path) -> None:
    taken: list[int] = []
    done: list[int] = []
    most = 0

    def given() -> Iterator[PageRequest]:
        nonlocal most
        for request in requests(tmp_path, 60):
            taken.append(request.number)
            most = max(most, len(taken) - len(done))
            yield request

    pool.run(given(), answer, answer, lambda record: done.append(record.number))
    assert len(done) == 60 and most < 20


def test_what_stops_every_page_is_raised_with_the_name_of_the_worker(pool: DaskPool, tmp_path: Path) -> None:
    with pytest.raises(MissingDependency, match=r"Tesseract is not installed \(worker tcp://"):
        run_pages(requests(tmp_path, 4), 2, lambda record: None, lack, pool)


def test_an_interrupt_cancels_what_has_not_begun(pool: DaskPool, tmp_path: Path) -> None:
    def stop(record: PageRecord) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_pages(requests(tmp_path, 40), 2, stop, slow_answer, pool)
    until(lambda: not set(pool.client.run_on_scheduler(states)) - {"memory", "erred"})


def test_every_worker_is_used(pool: DaskPool, tmp_path: Path) -> None:
    pool.client.wait_for_workers(2, timeout=20)
    seen: set[int] = set()
    run_pages(requests(tmp_path, 30), 2, lambda record: seen.add(record.number), worker, pool)
    assert os.getpid() not in seen and len(seen) == 2


def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.05)


@contextmanager
def running(*arguments: str, path: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """`dask scheduler` or `dask worker` as a process of its own; `path`: where it looks for packages first."""
    command = [sys.executable, "-m", f"distributed.cli.dask_{arguments[0]}", *arguments[1:], "--no-dashboard"]
    env = {**os.environ, "PYTHONPATH": str(path or ROOT)}
    process = subprocess.Popen(command, cwd=path or ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(15)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Heard(logging.Handler):
    """What Dask's loggers say."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    """Loggers of Dask as they are when a command begins, and what is said by them from then on."""
    handler = Heard()
    for name, level in (("distributed", logging.INFO), ("distributed.client", logging.WARNING)):
        logger = logging.getLogger(name)
        monkeypatch.setattr(logger, "handlers", [handler])
        logger.setLevel(level)
    return handler


def test_a_scheduler_that_goes_is_said_and_the_same_command_goes_on(
    errata: Errata, heard: Heard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port, scans, out = free_port(), pages(tmp_path / "box", 6), tmp_path / "out"
    address = f"tcp://127.0.0.1:{port}"
    command = ("digitise", scans, "-o", out, "--effort", "fast", "--scheduler", address)
    with monkeypatch.context() as patch:
        patch.setattr(clusters, "PATIENCE", 0.3)
        nobody = errata(*command)
    assert nobody.code == ExitCode.CLUSTER and address in nobody.err and nobody.err.count("\n") == 1
    worker = ("worker", address, "--nthreads", "1", "--death-timeout", "30")
    with running("scheduler", "--port", str(port)) as scheduler, running(*worker):
        first = record_path(out / "box" / "ocr", 1)

        def kill_soon() -> None:
            until(first.exists, 60)
            scheduler.kill()

        monkeypatch.setattr(clusters, "PATIENCE", 6.0)
        killer = threading.Thread(target=kill_soon)
        killer.start()
        broken = errata(*command)
        killer.join()
    assert broken.code == ExitCode.CLUSTER and "same command goes on" in broken.err and "Traceback" not in broken.err
    assert not heard.said, "Errata says it once, in its own words"
    assert read_stamp(out / "box") is None
    before = first.stat().st_mtime_ns
    with running("scheduler", "--port", str(port)), running(*worker):
        again = errata(*command)
    assert again.code == ExitCode.OK and "6 pages" in again.err, again.err
    assert first.stat().st_mtime_ns == before
    assert not list(out.glob(".errata-*"))


@pytest.mark.parametrize("other", ["newer", "none"])
def test_a_worker_with_another_errata_or_none_is_refused(other: str, tmp_path: Path) -> None:
    foreign = tmp_path / "site"
    if other == "newer":
        shutil.copytree(ROOT / "pipeline", foreign / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
        (foreign / "pipeline" / "__init__.py").write_text('__version__ = "99.1"\n')
    else:
        (foreign / "pipeline").mkdir(parents=True)
        (foreign / "pipeline" / "__init__.py").write_text(
            "raise ModuleNotFoundError(\"No module named 'pipeline'\", name='pipeline')"
        )
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    with running("scheduler", "--port", str(port)), running("worker", address, "--nthreads", "1", path=foreign):
        with distributed.Client(address, timeout=30, set_as_default=False) as client:
            client.wait_for_workers(1, timeout=30)
        with pytest.raises(MissingDependency) as caught, cluster(address, [], None, quiet):
            pass
        assert "worker tcp://" in str(caught.value) and ("99.1" in str(caught.value) or other == "none")
        # one that comes later is found by what it is given
        monkeyed = pytest.MonkeyPatch()
        monkeyed.setattr(clusters, "check_machines", lambda *given: None)
        with cluster(address, [], None, quiet) as made, pytest.raises(MissingDependency, match="Errata"):
            run_pages(requests(tmp_path, 2), 1, lambda record: None, answer, made)
        monkeyed.undo()


def test_a_worker_that_does_not_see_the_folders_is_refused(pool: DaskPool, tmp_path: Path) -> None:
    terms = Terms(str(Path.cwd()), (str(tmp_path / "not there"),))
    with pytest.raises(UnreadableInput, match=r"does not see .*not there.*same folders"):
        check_machines(pool.client, pool.address, terms)


def test_without_dask_it_is_said_how_to_get_it(errata: Errata, scan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    ran = errata("digitise", scan, "--scheduler", "tcp://127.0.0.1:8786")
    assert ran.code == ExitCode.MISSING_DEPENDENCY and "errata[dask]" in ran.err


@pytest.mark.parametrize("given", ["127.0.0.1:8786", "local", "local:0", "http://a:1", "tcp://a"])
def test_what_is_no_scheduler_is_refused(errata: Errata, scan: Path, given: str) -> None:
    ran = errata("digitise", scan, "--scheduler", given)
    assert ran.code == ExitCode.BAD_ARGS and "tcp://host:8786" in ran.err


def test_texts_and_repairs_go_to_the_cluster_too(pool: DaskPool, errata: Errata, tmp_path: Path) -> None:
    (tmp_path / "box").mkdir()
    for name in ("a", "b"):
        (tmp_path / "box" / f"{name}.txt").write_text(PAGE, encoding="utf-8")
    assert errata("clean", tmp_path / "box", "-o", "here").code == 0
    assert errata("clean", "box", "-o", "there", "--scheduler", pool.address).code == 0
    assert (tmp_path / "there/a/text.txt").read_bytes() == (tmp_path / "here/a/text.txt").read_bytes()
    again = errata("repair", "there", "--without", "line-end-hyphen", "--scheduler", pool.address)
    assert again.code == 0 and "Govern-" in (tmp_path / "there/b/text.txt").read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has orphans adopted")
def test_the_benchmark_counts_what_nobody_waits_for() -> None:
    busy = "import time\nwhile time.process_time() < 0.5: pass"
    leaving = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {busy!r}])"
    asked = f"import sys; from benchmarks.cluster import spent; print(spent([sys.executable, '-c', {leaving!r}]))"
    ran = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, check=True, stdout=subprocess.PIPE)
    assert float(ran.stdout) >= 0.5
