"""A Dask cluster as a pool: a scheduler that runs somewhere or workers started here, and whether all are fit for a run."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from pipeline.batch import dask_worker
from pipeline.batch.dask_pool import DaskPool, scheduler_lost, translated
from pipeline.batch.dask_worker import Terms, check_version, look_at_worker
from pipeline.batch.order import unwritable
from pipeline.decisions.finding import store_above
from pipeline.errors import ClusterLost, MissingDependency
from pipeline.settings import Settings

if TYPE_CHECKING:
    from distributed import Client

HERE = "local:"
"""What stands before a number of workers of this machine in place of a scheduler's address."""
SELDOM = {"distributed.worker.profile.enabled": False, "distributed.admin.tick.interval": "1s"}
"""Workers of this machine look after themselves less often than Dask has it: 50 and 100 times a second costs too much."""
PATIENCE = 15.0
"""Seconds in which a scheduler has to answer, and in which a lost connection has to come back."""


def pool_for(
    settings: Settings, paths: Iterable[str | Path], out: Path | None, say: Callable[[str], None]
) -> AbstractContextManager[DaskPool | None]:
    """The pool of the scheduler in the settings, or None where none is named, which leaves the work to processes of this machine.
    Raises as `cluster`, when it is entered."""
    return cluster(settings.scheduler, paths, out, say, settings.jobs) if settings.scheduler else nullcontext()


@contextmanager
def cluster(
    scheduler: str, paths: Iterable[str | Path], out: Path | None, say: Callable[[str], None], processes: int = 1
) -> Iterator[DaskPool]:
    """The workers of a scheduler (`tcp://host:port`), or so many of this machine (`local:4`), as a pool. All of them must see
    those of `paths` that there are, and the folder `out`; `say` is told what a person should know. What people have decided
    about is done by `processes` of this machine, since their log, an SQLite file, bears no folders of a network.

    Raises MissingDependency where Dask is missing here or Errata there, UnreadableInput for a path that a worker does not see,
    UnwritableOutput, and ClusterLost for a scheduler that does not answer.
    """
    check_dask()
    quieten()
    starting = here(int(scheduler.removeprefix(HERE))) if scheduler.startswith(HERE) else nullcontext(scheduler)
    with mark(out) as marks, starting as address:
        terms = Terms(str(Path.cwd()), (*(str(path) for path in paths if Path(path).exists()), *marks))
        client = connected(address)
        try:
            check_machines(client, address, terms)
            yield DaskPool(client, address, terms, say, was_decided, processes)
        finally:
            client.close(timeout=2)


def was_decided(request: object) -> bool:
    """Whether a request, or the task in it, is of a document with a log of decisions above it."""
    folder = getattr(getattr(request, "task", request), "folder", None)
    return isinstance(folder, Path) and store_above(folder) is not None


@contextmanager
def mark(out: Path | None) -> Iterator[tuple[str, ...]]:
    """A file in the output folder while a run lasts: a machine that does not see it has another folder of that name."""
    if out is None:
        yield ()
        return
    path = out / f".errata-{uuid4().hex}"
    try:
        out.mkdir(parents=True, exist_ok=True)
        path.touch()
    except OSError as fault:
        raise unwritable(out, fault) from fault
    try:
        yield (str(path),)
    finally:
        path.unlink(missing_ok=True)


def check_dask() -> None:
    """Raises MissingDependency where Dask is not installed."""
    try:
        import distributed  # noqa: F401 (whether it is there is the question)
    except ImportError as fault:
        advice = "Install it: pip install 'errata[dask]', or leave --scheduler out"
        raise MissingDependency("--scheduler needs Dask, which is not installed", advice=advice) from fault


def quieten() -> None:
    """Have Dask log nothing, since Errata itself says what matters of it. Some of its loggers have levels of their own."""
    for name in [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "distributed"]:
        logging.getLogger(name).setLevel(logging.CRITICAL)


@contextmanager
def here(workers: int) -> Iterator[str]:
    """A scheduler and workers of this machine, each a process that is started again when it dies; their address."""
    import dask
    from distributed import LocalCluster

    dask.config.set(SELDOM)
    options = {"threads_per_worker": 1, "memory_limit": 0, "preload": dask_worker.__name__}
    with LocalCluster(n_workers=workers, dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL, **options) as started:
        started.adapt(minimum=workers, maximum=workers, interval="2s")  # one that could not be started again is replaced
        yield started.scheduler_address


def connected(address: str) -> Client:
    """A connection to a scheduler. Raises ClusterLost."""
    from distributed import Client

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # other packages may differ; of Errata it is checked
            return Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as fault:
        advice = "Check the address, and that dask scheduler runs there; the same command goes on with what is finished"
        raise ClusterLost("no scheduler answers", where=address, advice=advice) from fault


def check_machines(client: Client, address: str, terms: Terms) -> None:
    """Raises MissingDependency or UnreadableInput, naming the machine that is not fit; those that come later check themselves."""
    try:
        client.run_on_scheduler(check_version, terms, f"scheduler {address}")
        faults = client.run(look_at_worker, terms, on_error="return")
    except OSError as fault:
        raise scheduler_lost(address) from fault
    except Exception as fault:
        raise translated(fault) from fault
    for worker, found in faults.items():
        if isinstance(found, Exception) and not isinstance(found, OSError):  # an OSError: it died just now
            raise translated(found, f"worker {worker}")
