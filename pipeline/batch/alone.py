"""One process at a time in an output folder: a lock file with its number, which the system frees however the process ends."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pipeline.batch.order import unwritable
from pipeline.errors import OccupiedOutput

LOCK = ".errata-watch.lock"


@contextmanager
def alone_in(out: Path) -> Iterator[None]:
    """Nobody else watches with this output folder meanwhile. What a process that is gone left behind is taken over.

    Raises OccupiedOutput where another does, with its number, and UnwritableOutput.
    """
    path = out / LOCK
    try:
        file = path.open("a+b")
    except OSError as fault:
        raise unwritable(out, fault) from fault
    with file:
        if not taken(file):
            file.seek(0)
            who = file.read(200).decode("utf-8", "replace").strip() or "another process"
            advice = "Wait until it has ended, or name another folder"
            raise OccupiedOutput(f"already in use by errata watch ({who})", where=out, advice=advice)
        file.truncate(0)
        file.write(f"process {os.getpid()} on {socket.gethostname()}\n".encode())
        file.flush()
        yield
        file.truncate(0)  # the file stays: to delete it could delete the lock of the next


def taken(file: BinaryIO) -> bool:
    """Lock an open file; whether nobody else had. The lock goes when the process does."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        file.seek(1 << 30)  # a place that nobody reads
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError:
            return False
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
