"""A pool whose workers are those of a Dask cluster. Machines may come, go and die; what they were doing is done by others."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Generic
from uuid import uuid4

from pipeline.batch.dask_worker import SAME, Terms, do
from pipeline.batch.pool import Record, Request
from pipeline.batch.workers import LocalPool
from pipeline.errors import ClusterLost, MissingDependency

if TYPE_CHECKING:
    from distributed import Client, Future

AHEAD = 4
"""Requests under way for each worker: none waits for work, a cluster that grows with its work sees some."""
FEWEST = 8
"""Requests under way where there are no workers yet."""
RETRIES = 2
"""How often what ends in an error is tried again, perhaps on another machine, before the error ends the run."""
LOOK = 2.0
"""Seconds between two looks at the cluster."""
SAY = 60.0
"""Seconds without any worker after which that is said, again and again."""


@dataclass(frozen=True, slots=True)
class DaskPool:
    """Work done by the workers that the scheduler at `address` knows. `say` is told what a person should know meanwhile; `stays`
    tells what is better done by this machine, when the rest is done, with `processes` of it."""

    client: Client
    address: str
    terms: Terms
    say: Callable[[str], None]
    stays: Callable[[object], bool] = lambda request: False
    processes: int = 1

    def run(
        self,
        requests: Iterable[Request],
        work: Callable[[Request], Record],
        lost: Callable[[Request], Record],
        on_done: Callable[[Record], None],
    ) -> None:
        """As `Pool.run`. A request with which several workers died is tried once more when all others are done, by itself. What
        runs on other machines when the run is broken off comes to its end there. Raises also ClusterLost."""
        flight = Flight(self, work, on_done)
        try:
            for request in flight.fly(iter(requests)):
                if flight.fly(iter((request,))):
                    on_done(lost(request))
        finally:
            flight.cancel()
        if flight.here:
            LocalPool(self.processes).run(flight.here, work, lost, on_done)


@dataclass(slots=True)
class Flight(Generic[Request, Record]):
    """What is under way, by the key of its future; `again`: what is to be begun, or begun once more, since the scheduler forgot
    it; `here`: what is to be done by this machine."""

    pool: DaskPool
    work: Callable[[Request], Record]
    on_done: Callable[[Record], None]
    flying: dict[str, tuple[Future[Any], Request]] = field(default_factory=dict)
    again: deque[Request] = field(default_factory=deque)
    here: list[Request] = field(default_factory=list)
    landed: SimpleQueue[Future[Any]] = field(default_factory=SimpleQueue)
    looked: float = 0.0
    seen: float = field(default_factory=time.monotonic)
    workers: int = 0

    def fly(self, requests: Iterator[Request]) -> list[Request]:
        """Do all requests; those with which workers died again and again are given back."""
        suspects: list[Request] = []
        while True:
            self.take(requests, self.room())
            while self.again:
                self.begin(self.again.popleft())
            if not self.flying:
                return suspects
            suspects += self.land()

    def take(self, requests: Iterator[Request], room: int) -> None:
        """Take requests while there is room; that there are none now does not mean that there are none when others are done."""
        while len(self.flying) + len(self.again) < room:
            try:
                request = next(requests)
            except StopIteration:
                return
            (self.here if self.pool.stays(request) else self.again).append(request)

    def begin(self, request: Request) -> None:
        """Hand a request to the scheduler. Its key is its own: no result of another run can be taken for it."""
        from distributed.client import ClosedClientError

        key = f"errata-{getattr(self.work, '__name__', 'work')}-{uuid4().hex}"
        arguments = (self.pool.terms, self.work, request)
        try:
            future = self.pool.client.submit(do, *arguments, key=key, pure=False, retries=RETRIES)
        except ClosedClientError as fault:
            raise scheduler_lost(self.pool.address) from fault
        self.flying[key] = future, request
        future.add_done_callback(self.landed.put)

    def land(self) -> list[Request]:
        """Wait a little for something to be done, and hand on its record; the request instead where its workers died."""
        from distributed import CancelledError, KilledWorker
        from distributed.comm.core import CommClosedError

        try:
            future = self.landed.get(timeout=LOOK)
        except Empty:
            return []
        _, request = self.flying.pop(str(future.key), (None, None))
        if request is None:
            return []  # handed on before
        try:
            record: Record = future.result()
        except KilledWorker:
            return [request]
        except (CancelledError, CommClosedError):  # the connection was lost; what the scheduler knew of it is gone
            self.again.append(request)
            return []
        except Exception as fault:
            raise translated(fault) from fault
        self.on_done(record)
        return []

    def room(self) -> int:
        """How many requests may be under way. Raises ClusterLost where the scheduler is gone for good."""
        client, now = self.pool.client, time.monotonic()
        if client.status == "closed":
            raise scheduler_lost(self.pool.address)
        if client.status == "running" and now - self.looked > LOOK:
            self.looked = now
            with suppress(OSError):  # lost just now, which the status tells next time
                self.workers = len(client.nthreads())
            if self.workers:
                self.seen = now
            elif now - self.seen > SAY:
                self.seen = now
                self.pool.say(f"{self.pool.address} has no workers; waiting for some")
        return max(FEWEST, AHEAD * self.workers)

    def cancel(self) -> None:
        """Have what has not begun never begin, and forget the rest."""
        futures = [future for future, _ in self.flying.values()]
        self.flying.clear()
        if futures and self.pool.client.status == "running":
            self.pool.client.cancel(futures, force=True)


def translated(fault: Exception, where: str | None = None) -> Exception:
    """What another machine (`where`, if it is known) raised; that it could not even find Errata in plain words."""
    if "No module named 'pipeline" in str(fault) or "deserialization of the task" in str(fault):
        return MissingDependency("it has no Errata, or another one", where=where or "a worker or the scheduler", advice=f"{SAME}")
    return fault


def scheduler_lost(address: str) -> ClusterLost:
    """The error for a scheduler that has gone."""
    advice = "What is finished is kept. Start the scheduler again; the same command goes on from there"
    return ClusterLost("the scheduler does not answer any more", where=address, advice=advice)
