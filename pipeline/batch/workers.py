"""Pages read side by side by local processes. A worker that dies costs its page; Ctrl-C stops all of them soon."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from pipeline.batch.pages import read_page
from pipeline.ocr.pages import PageRecord, PageRequest, store

Reader = Callable[[PageRequest], PageRecord]


def run_pages(
    requests: Iterable[PageRequest], jobs: int, on_done: Callable[[PageRecord], None], read: Reader = read_page
) -> None:
    """Read pages with `jobs` processes (one or less: in this one) and call `on_done` here for each, in the order they are done.

    A page whose worker dies is tried once more by itself, and is a failed record when that worker dies too. Raises what `read`
    raises for every page (MissingDependency, UnwritableOutput), and KeyboardInterrupt once the workers and their Tesseracts are
    ended.
    """
    waiting = deque(requests)
    if jobs <= 1:
        for request in waiting:
            on_done(read(request))
        return
    while waiting:
        suspects = run_pool(waiting, min(jobs, len(waiting)), on_done, read)
        for request in suspects:
            alone = deque([request])
            if run_pool(alone, 1, on_done, read):
                on_done(died(request))


def run_pool(waiting: deque[PageRequest], jobs: int, on_done: Callable[[PageRecord], None], read: Reader) -> list[PageRequest]:
    """Work through `waiting` with one pool; return the requests that were in flight when a worker died, empty when all went
    well."""
    context = multiprocessing.get_context("forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=enter_worker, initargs=(os.getpid(),))
    flying: dict[Future[PageRecord], PageRequest] = {}
    broken: list[PageRequest] = []
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
    suspects = broken + [request for request in flying.values() if request not in broken] if broken else []
    pool.shutdown(wait=not broken, cancel_futures=True)
    return suspects


def collect(
    done: set[Future[PageRecord]], flying: dict[Future[PageRecord], PageRequest], on_done: Callable[[PageRecord], None]
) -> list[PageRequest]:
    """Hand on the records of finished pages; return the requests whose worker died."""
    broken: list[PageRequest] = []
    for future in done:
        request = flying.pop(future)
        try:
            record = future.result()
        except BrokenProcessPool:
            broken.append(request)
        else:
            on_done(record)
    return broken


def died(request: PageRequest) -> PageRecord:
    """The record of a page that ends every process that reads it, stored like any other."""
    message = f"{request.path}: the process that read this page died (out of memory?)"
    record = PageRecord(request.number, str(request.path), request.frame, languages=request.languages, failed=message)
    store(request.out, record, None)
    return record


def stop(pool: ProcessPoolExecutor) -> None:
    """End the workers at once, and with them (see `enter_worker`) the Tesseracts that they started."""
    workers = list((getattr(pool, "_processes", None) or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for worker in workers:
        worker.terminate()
    for worker in workers:
        worker.join(5)


def enter_worker(parent: int) -> None:
    """Set up a worker: Ctrl-C is the parent's business; when told to end, or left alone, end the whole group, Tesseract
    included."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "setpgrp"):
        os.setpgrp()
        signal.signal(signal.SIGTERM, end_group)
    threading.Thread(target=watch, args=(parent,), daemon=True).start()


def end_group(number: int = 0, frame: object = None) -> None:
    """End this worker and every process it started."""
    os.killpg(os.getpgrp(), signal.SIGKILL)


def watch(parent: int) -> None:
    """End this worker when its parent is gone (killed outright, it cannot say so)."""
    pause = threading.Event()
    while True:
        pause.wait(2.0)
        try:
            os.kill(parent, 0)
        except ProcessLookupError:
            end_group() if hasattr(os, "killpg") else os._exit(1)
        except PermissionError:
            pass
