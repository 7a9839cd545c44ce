"""Work done side by side by local processes. A worker that dies costs what it worked on; Ctrl-C stops all of them soon."""

from __future__ import annotations

import gc
import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

from pipeline.batch.pool import Record, Request


@dataclass(frozen=True, slots=True)
class LocalPool:
    """Work done side by side by `processes` of this machine.

    Up to `few` requests, or all where one process is enough, are done in this process, since they would be done before workers
    had started; unless they are to be kept `apart`, because what does them may take its process along when it crashes.
    """

    processes: int
    few: int = 0
    apart: bool = False

    def run(
        self,
        requests: Iterable[Request],
        work: Callable[[Request], Record],
        lost: Callable[[Request], Record],
        on_done: Callable[[Record], None],
    ) -> None:
        """As `Pool.run`. A request whose worker dies is tried once more by itself. KeyboardInterrupt is raised once the workers,
        and the programs that they started, are ended."""
        waiting = deque(requests)
        if not self.apart and (self.processes <= 1 or len(waiting) <= self.few):
            for request in waiting:
                on_done(work(request))
            return
        while waiting:
            suspects = run_pool(waiting, max(1, min(self.processes, len(waiting))), on_done, work)
            for request in suspects:
                if run_pool(deque([request]), 1, on_done, work):
                    on_done(lost(request))


def run_pool(
    waiting: deque[Request], jobs: int, on_done: Callable[[Record], None], read: Callable[[Request], Record]
) -> list[Request]:
    """Work through `waiting` with one pool; return the requests that were in flight when a worker died, empty when all went
    well. What workers leave in their temporary folder goes with it, however they end."""
    with tempfile.TemporaryDirectory(prefix="errata-", ignore_cleanup_errors=True) as folder:
        return run_pool_in(folder, waiting, jobs, on_done, read)


def run_pool_in(
    folder: str, waiting: deque[Request], jobs: int, on_done: Callable[[Record], None], read: Callable[[Request], Record]
) -> list[Request]:
    """`run_pool`, with the workers' temporary files in `folder`."""
    context = multiprocessing.get_context("forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn")
    context.set_forkserver_preload([read.__module__])  # imported once, not by every worker
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=enter_worker, initargs=(os.getpid(), folder))
    flying: dict[Future[Record], Request] = {}
    broken: list[Request] = []
    try:
        while (waiting or flying) and not broken:
            # one request more than workers: none waits for work, and few are in doubt when one dies
            while waiting and len(flying) <= jobs:
                request = waiting.popleft()
                flying[pool.submit(read, request)] = request
            done, _ = wait(flying, return_when=FIRST_COMPLETED)
            broken = collect(done, flying, on_done)
    except BrokenProcessPool:  # noticed by submit
        broken = [*flying.values(), request]
    except BaseException:
        stop(pool)
        raise
    if not broken:
        pool.shutdown()
        return []
    stop(pool)
    return broken + [request for request in flying.values() if request not in broken]


def collect(done: set[Future[Record]], flying: dict[Future[Record], Request], on_done: Callable[[Record], None]) -> list[Request]:
    """Hand on the records of finished pages; return the requests whose worker died."""
    broken: list[Request] = []
    for future in done:
        request = flying.pop(future)
        try:
            record = future.result()
        except BrokenProcessPool:
            broken.append(request)
        else:
            on_done(record)
    return broken


def stop(pool: ProcessPoolExecutor) -> None:
    """End the workers at once, and with them (see `enter_worker`) the Tesseracts that they started."""
    workers = list((getattr(pool, "_processes", None) or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for worker in workers:
        worker.terminate()
    for worker in workers:
        worker.join(5)


def enter_worker(parent: int, folder: str) -> None:
    """Set up a worker: temporary files go into `folder`; Ctrl-C is the parent's business; when told to end, or left alone, end
    the whole group, Tesseract included."""
    tempfile.tempdir = folder
    collect_seldom()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "setpgrp"):
        os.setpgrp()
        signal.signal(signal.SIGTERM, end_group)
    threading.Thread(target=watch, args=(parent, folder), daemon=True).start()


def collect_seldom() -> None:
    """Look for garbage less often: a document makes millions of values that live until it is done, and hardly a cycle."""
    gc.set_threshold(100_000, 20, 20)


def end_group(number: int = 0, frame: object = None) -> None:
    """End this worker and every process it started."""
    os.killpg(os.getpgrp(), signal.SIGKILL)


def watch(parent: int, folder: str) -> None:
    """End this worker when its parent is gone (killed outright, it can neither say so nor clear up)."""
    pause = threading.Event()
    while True:
        pause.wait(2.0)
        try:
            os.kill(parent, 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)
            end_group() if hasattr(os, "killpg") else os._exit(1)
        except PermissionError:
            pass
