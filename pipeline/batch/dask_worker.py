"""What the workers of a Dask cluster do: see that they are fit for a run, and one page or document at a time."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import __version__
from pipeline.batch.pool import Record, Request
from pipeline.batch.worker import collect_seldom
from pipeline.errors import MissingDependency, UnreadableInput, UnwritableOutput

if TYPE_CHECKING:
    from distributed import Worker

SAME = "All machines, that of the scheduler included, need the same Errata"
FOLDERS = "All machines need the same folders at the same place"


@dataclass(frozen=True, slots=True)
class Terms:
    """What every machine must have: this version of Errata, and files and folders that all of them see; relative paths of them,
    and of what is to be done, count from `folder`."""

    folder: str
    paths: tuple[str, ...] = ()
    version: str = __version__


def check_version(terms: Terms, where: str) -> None:
    """Raises MissingDependency where this machine has another Errata."""
    if terms.version != __version__:
        what = f"it has Errata {__version__}, and here it is {terms.version}"
        raise MissingDependency(what, where=where, advice=f"{SAME}: {terms.version}")


def check_worker(terms: Terms, threads: int, where: str) -> None:
    """Make this process ready. Raises MissingDependency for another Errata or several threads, UnreadableInput for a folder that
    it does not see."""
    check_version(terms, where)
    if threads > 1:
        what = f"it does {threads} things at a time in one process, which reading pages does not bear"
        raise MissingDependency(what, where=where, advice="Start workers with --nthreads 1 --nworkers -1")
    os.environ["OMP_THREAD_LIMIT"] = "1"
    enter(terms)
    for path in terms.paths:
        if not Path(path).exists():
            raise UnreadableInput(f"it does not see {path}", where=where, advice=FOLDERS)


def enter(terms: Terms) -> None:
    """Have relative paths mean what they mean to who gave them. Absolute ones do not need that folder."""
    if Path(terms.folder).is_dir():
        os.chdir(terms.folder)


def look_at_worker(terms: Terms, dask_worker: Worker) -> None:
    """`check_worker` for a worker that Dask names. Raises as it does."""
    check_worker(terms, dask_worker.state.nthreads, f"worker {dask_worker.address}")


@lru_cache(maxsize=4)
def check_this_worker(terms: Terms) -> None:
    """`check_worker`, once for every process and run, within a task."""
    from distributed import get_worker

    worker = get_worker()
    collect_seldom()
    tempfile.tempdir = worker.local_directory  # what a killed task leaves there is cleared with it
    look_at_worker(terms, worker)


def do(terms: Terms, work: Callable[[Request], Record], request: Request) -> Record:
    """Do one request on a worker. Raises what `work` raises, with the worker's name, and as `check_worker`."""
    from distributed import get_worker

    check_this_worker(terms)
    enter(terms)
    try:
        return work(request)
    except (MissingDependency, UnwritableOutput) as fault:
        what = f"{fault.what} (worker {get_worker().address})"
        raise type(fault)(what, where=fault.where, page=fault.page, advice=fault.advice) from fault


def dask_setup(worker: Worker) -> None:
    """Called by a worker of this machine as it starts: Ctrl-C is the business of who started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def dask_teardown(worker: Worker) -> None:
    """Called by a worker of this machine as it ends: the Tesseracts that it started end with it."""
    import psutil

    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            child.kill()
