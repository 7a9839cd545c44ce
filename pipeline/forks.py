"""One large piece of work done side by side by copies of this process (forks), which know all that it knows.

A document that is worked at alone would leave all processors but one idle. Whoever knows how many processes there may be says so
(`may_have`); where nobody did, or the system is not Linux, everything is done here.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from itertools import pairwise
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from struct import Struct
from typing import Generic, TypeVar

Part = TypeVar("Part")
Asked = TypeVar("Asked")
Found = TypeVar("Found")

TICKET = Struct("=H")
SET_DEATH_SIGNAL = 1
MOST = 16_384
"""Parts, at most: their tickets fit into a pipe."""
LONG = 150_000
"""Characters of a document, at least, that are worth copies of this process: they are not had for nothing."""
PROCESSES: ContextVar[Callable[[], int]] = ContextVar("processes", default=lambda: 1)
"""How many processes there may be at this moment, this one among them."""


@contextmanager
def may_have(processes: Callable[[], int]) -> Iterator[None]:
    """Let there be so many processes for one document, this one among them."""
    before = PROCESSES.set(processes)
    try:
        yield
    finally:
        PROCESSES.reset(before)


def processes_at_hand() -> int:
    """How many processes there may be now, this one among them."""
    return PROCESSES.get()() if sys.platform == "linux" else 1


def processes_for(text: str) -> int:
    """The same for a document with this text: a short one is done before copies have paid."""
    return processes_at_hand() if len(text) >= LONG else 1


def side_by_side(work: Callable[[Part], Found], parts: Sequence[Part]) -> list[Found]:
    """`work` of every part, in their order, by as many processes as there may be; whoever is free takes the next part.

    What `work` gives can be pickled; what else it changes is lost with the process in which it did. What a process has taken that
    died is done here. Raises what `work` raises.
    """
    processes = min(processes_at_hand(), len(parts)) if len(parts) <= MOST else 1
    if processes < 2:
        return [work(part) for part in parts]
    tickets = printed(len(parts))
    found: dict[int, Found] = {}
    try:
        team: Team[None, dict[int, Found]] = Team(lambda _, share: dict(taken(work, parts, tickets)), processes)
        with team:
            for some in team.ask(None):
                found |= some
    finally:
        os.close(tickets)
    return [found[at] if at in found else work(part) for at, part in enumerate(parts)]


def slices(count: int, least: int) -> list[slice]:
    """`count` things in stretches of at least `least`, a few for each process, so that none waits long for another; one stretch
    where there is only this process."""
    processes = processes_at_hand()
    stretches = max(1, min(count // least, 4 * processes)) if processes > 1 else 1
    bounds = [count * at // stretches for at in range(stretches + 1)]
    return [slice(*both) for both in pairwise(bounds)]


def printed(count: int) -> int:
    """A pipe to read from that holds a ticket for each part."""
    read, write = os.pipe()
    with os.fdopen(write, "wb") as pipe:
        pipe.writelines(map(TICKET.pack, range(count)))
    return read


def taken(work: Callable[[Part], Found], parts: Sequence[Part], tickets: int) -> Iterator[tuple[int, Found]]:
    """(which part, what came of it) of the parts that this process gets hold of."""
    while ticket := os.read(tickets, TICKET.size):
        (at,) = TICKET.unpack(ticket)
        yield at, work(parts[at])


class Team(Generic[Asked, Found]):
    """This process and copies of it, each with its share of all that is asked: `work` of a question and of the slice that is to
    be done of it. Every copy remembers what it did before; the others do not."""

    def __init__(self, work: Callable[[Asked, slice], Found], processes: int) -> None:
        self.work = work
        self.shares = [slice(at, None, processes) for at in range(processes)]
        self.helpers: list[Helper[Asked, Found] | None] = []

    def __enter__(self) -> Team[Asked, Found]:
        for share in self.shares[1:]:
            try:
                self.helpers.append(Helper(self.work, share))
            except OSError:  # there can be no further process
                self.helpers.append(None)
        return self

    def __exit__(self, *fault: object) -> None:
        for helper in self.helpers:
            if helper is not None:
                helper.end()

    def ask(self, question: Asked) -> Iterator[Found]:
        """What comes of each share; the share of a process that died, or that something was raised in, is done here. Raises what
        `work` raises."""
        for helper in self.helpers:
            if helper is not None:
                helper.ask(question)
        yield self.work(question, self.shares[0])
        for at, (helper, share) in enumerate(zip(self.helpers, self.shares[1:], strict=True)):
            try:
                if helper is None:
                    raise EOFError
                yield helper.answer()
            except (EOFError, OSError):
                if helper is not None:
                    helper.end()
                self.helpers[at] = None
                yield self.work(question, share)


def end_with(parent: int) -> None:
    """Have this process killed as soon as its parent is gone, which may have been killed itself: what it would still write, the
    next run may be writing already. See prctl(2)."""
    ctypes.CDLL(None).prctl(SET_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


class Helper(Generic[Asked, Found]):
    """A copy of this process that does its share of what it is asked until it is ended."""

    def __init__(self, work: Callable[[Asked, slice], Found], share: slice) -> None:
        """Raises OSError where there can be no further process."""
        self.line: Connection
        self.line, theirs = Pipe()
        before = os.getpid()
        try:
            self.process = os.fork()
        except OSError:
            self.line.close()
            theirs.close()
            raise
        if self.process == 0:
            try:
                end_with(before)
                signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the business of the process that it helps
                PROCESSES.set(lambda: 1)
                self.line.close()
                while True:
                    theirs.send(work(theirs.recv(), share))
            finally:
                os._exit(0)  # nothing that the other process has begun is ended here
        theirs.close()

    def ask(self, question: Asked) -> None:
        with suppress(OSError):  # it died, which is seen when it has to answer
            self.line.send(question)

    def answer(self) -> Found:
        """What came of its share. Raises EOFError or OSError where it died."""
        found: Found = self.line.recv()
        return found

    def end(self) -> None:
        """Have it gone."""
        self.line.close()
        with suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(self.process, 0)
