"""Work done side by side by local processes, each supervised by itself: one that dies, or takes too long, costs what it worked
on and nothing else; Ctrl-C stops all of them at once."""

from __future__ import annotations

import multiprocessing
import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from math import inf
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext, SpawnContext
from time import monotonic
from typing import Any, Generic

from pipeline.batch.pool import Record, Request
from pipeline.batch.worker import end_session, serve
from pipeline.forks import may_have
from pipeline.language.kept import collector_paused

GRACE = 2.0
"""Seconds that a worker may take to go."""
TRIES = 3
"""How often a request is begun whose worker dies: a worker may be killed for what others do."""


@dataclass(frozen=True, slots=True)
class LocalPool:
    """Work done side by side by `processes` of this machine.

    Up to `few` requests are done in this process, since they would be done before workers had started; unless they are to be
    kept `apart`, because what does them may take its process along, or must be held to limits: `memory` (bytes that a worker, and
    each program that it starts, may have; 0: no limit) and `seconds`, which a request may take; one that takes longer gives
    `late`, or else what a lost one gives.
    """

    processes: int
    few: int = 0
    apart: bool = False
    memory: int = 0
    seconds: Callable[[Any], float] | None = None
    late: Callable[[Any], Any] | None = None

    def run(
        self,
        requests: Iterable[Request],
        work: Callable[[Request], Record],
        lost: Callable[[Request], Record],
        on_done: Callable[[Record], None],
    ) -> None:
        """As `Pool.run`; requests that come up while others are done are taken as well. KeyboardInterrupt is raised once the
        workers, and the programs that they started, are ended."""
        waiting = iter(requests)
        first = [] if self.apart else list(islice(waiting, self.few + 1))
        waiting = chain(first, waiting) if first else waiting
        if not self.apart and len(first) <= self.few:
            for request in waiting:
                with collector_paused(), may_have(lambda: self.processes):
                    found = work(request)
                on_done(found)
            return
        with tempfile.TemporaryDirectory(prefix="errata-", ignore_cleanup_errors=True) as folder:
            crew = Crew(self, work, folder)
            try:
                crew.run(waiting, lost, on_done)
            finally:
                crew.end()


@dataclass(slots=True)
class Given(Generic[Request]):
    """A request, and how often it was begun."""

    request: Request
    tries: int = 0


class Worker(Generic[Request]):
    """A process, the line to it, the folder of its temporary files, and what it works on until when."""

    def __init__(self, crew: Crew[Request, Any]) -> None:
        self.folder = tempfile.mkdtemp(dir=crew.folder)
        self.line: Connection
        self.line, theirs = crew.context.Pipe()
        told = (theirs, crew.work, self.folder, crew.pool.memory, crew.each)
        self.process = crew.context.Process(target=serve, args=told, daemon=True)
        self.process.start()
        theirs.close()
        self.given: Given[Request] | None = None
        self.ready = False
        self.until = inf

    def begins(self, seconds: float) -> None:
        """What it was given may take `seconds` from now on: before it is ready, it has to start."""
        self.until = monotonic() + seconds if self.ready else inf

    def end(self) -> None:
        """End it: one that has nothing to do goes by itself, any other is killed with what it started. One that died when it had
        nothing to do has left nothing, and its number may be another's by now."""
        self.line.close()
        if self.given is None:
            self.process.join(GRACE)
        if self.process.pid is not None and (self.given is not None or self.process.is_alive()):
            end_session(self.process.pid)
        self.process.join(5)
        shutil.rmtree(self.folder, ignore_errors=True)


class Crew(Generic[Request, Record]):
    """The workers of a run. `each`: how many processes there may be for each of them, itself among them: those that are idle at
    the end of a run are others' to use."""

    def __init__(self, pool: LocalPool, work: Callable[[Request], Record], folder: str) -> None:
        self.pool, self.work, self.folder = pool, work, folder
        self.context: ForkServerContext | SpawnContext = multiprocessing.get_context("spawn")
        if "forkserver" in multiprocessing.get_all_start_methods():
            self.context = multiprocessing.get_context("forkserver")
            self.context.set_forkserver_preload([work.__module__])  # imported once, not by every worker
        self.each = self.context.RawValue("i", 1)
        self.idle: list[Worker[Request]] = []
        self.busy: list[Worker[Request]] = []
        self.again: deque[Given[Request]] = deque()

    def run(self, requests: Iterator[Request], lost: Callable[[Request], Record], on_done: Callable[[Record], None]) -> None:
        """Do all requests. What `on_done` adds to them is done too."""
        while True:
            self.hand_out(requests)
            if not self.busy:
                return
            self.each.value = max(1, self.pool.processes // len(self.busy))
            for worker in self.heard():
                found = self.answer(worker, lost)
                if found:
                    on_done(found[0])

    def hand_out(self, requests: Iterator[Request]) -> None:
        """Give every worker something to do, while there is anything."""
        while len(self.busy) < max(1, self.pool.processes):
            if self.again:
                given = self.again.popleft()
            else:
                try:
                    given = Given(next(requests))
                except StopIteration:
                    return
            self.busy.append(self.employed(given))

    def employed(self, given: Given[Request]) -> Worker[Request]:
        """A worker that has been given a request; one that died meanwhile is replaced."""
        given.tries += 1
        while True:
            worker = self.idle.pop() if self.idle else Worker(self)
            try:
                worker.line.send(given.request)
            except OSError:
                worker.end()
                continue
            worker.given = given
            worker.begins(self.seconds(given))
            return worker

    def seconds(self, given: Given[Request]) -> float:
        """How long a request may take."""
        return self.pool.seconds(given.request) if self.pool.seconds else inf

    def heard(self) -> list[Worker[Request]]:
        """The workers that spoke, died, or used up their time; waits for the first."""
        until = min(worker.until for worker in self.busy)
        lines = wait([worker.line for worker in self.busy], None if until == inf else max(0.0, until - monotonic()))
        now = monotonic()
        return [worker for worker in self.busy if worker.line in lines or worker.until <= now]

    def answer(self, worker: Worker[Request], lost: Callable[[Request], Record]) -> tuple[Record] | None:
        """What came of a worker's request; None where it only begins, since the worker is ready now, or is to be tried again.
        Raises what `work` raised."""
        assert worker.given is not None
        given = worker.given
        try:
            if not worker.line.poll():
                self.dismiss(worker)
                return ((self.pool.late or lost)(given.request),)
            answer = worker.line.recv()
        except (EOFError, OSError):
            self.dismiss(worker)
            if given.tries >= TRIES:
                return (lost(given.request),)
            self.again.append(given)
            return None
        if answer is None:
            worker.ready = True
            worker.begins(self.seconds(given))
            return None
        self.busy.remove(worker)
        self.idle.append(worker)
        worker.given = None
        well, found = answer
        if not well:
            raise found
        return (found,)

    def dismiss(self, worker: Worker[Request]) -> None:
        """End a worker that is not wanted any more."""
        self.busy.remove(worker)
        worker.end()

    def end(self) -> None:
        """End all workers, one after the other: of two that close a file of SQLite at once, neither clears up beside it."""
        for worker in (*self.busy, *self.idle):
            worker.end()
