"""What a worker is: a process that does one request after another, within a limit of memory, and is ended with all it started."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from ctypes import c_int
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from pipeline.decisions.finding import close_logs
from pipeline.forks import may_have
from pipeline.language.kept import collector_paused


def serve(connection: Connection, work: Callable[[Any], Any], folder: str, memory: int, processes: c_int) -> None:
    """Do the requests that come, until nobody asks any more; send None once this process is ready, and of each request (whether
    it went well, what `work` gave or raised) when it is done. `processes`: how many there may be for a request at this moment."""
    enter(folder, memory)
    with contextlib.suppress(OSError):
        connection.send(None)
    while True:
        try:
            request = connection.recv()
        except (EOFError, OSError):
            close_logs()
            return
        try:
            with collector_paused(), may_have(lambda: processes.value):
                answer = True, work(request)
        except BaseException as fault:
            answer = False, fault
        try:
            connection.send(answer)
        except OSError:  # nobody listens any more
            return
        except Exception as fault:  # what cannot be sent
            connection.send((False, RuntimeError(f"{type(fault).__name__}: {fault}")))


def enter(folder: str, memory: int) -> None:
    """Set up a worker: temporary files go into `folder`; Ctrl-C is the parent's business; left alone, it ends with all that it
    started."""
    tempfile.tempdir = folder
    collect_seldom()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "setsid"):
        os.setsid()
    limit_memory(memory)
    threading.Thread(target=watch, args=(folder,), daemon=True).start()


def collect_seldom() -> None:
    """Look for garbage less often: a document makes millions of values that live until it is done, and hardly a cycle."""
    gc.set_threshold(100_000, 20, 20)


def limit_memory(memory: int) -> None:
    """Let this process, and each that it starts, have no more than `memory` bytes of its own (0: no limit): what asks for more
    gets a MemoryError. Linux counts what is written to, not what is mapped; other systems may not count at all."""
    if memory and sys.platform == "linux":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        wanted = memory if most == resource.RLIM_INFINITY else min(memory, most)
        resource.setrlimit(resource.RLIMIT_DATA, (wanted, most))


def watch(folder: str) -> None:
    """End this worker as soon as its parent is gone (killed outright, it can neither say so nor clear up)."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    parent.join()
    shutil.rmtree(Path(folder).parent, ignore_errors=True)
    end_session(os.getpid())


def end_session(leader: int) -> None:
    """Kill every process of the session that a worker leads, Tesseracts in groups of their own included, the worker last."""
    if sys.platform == "linux":
        while found := [pid for pid in processes() if pid != leader and session(pid) == leader]:
            for pid in found:
                kill(pid)
    elif hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)
    kill(leader)


def processes() -> list[int]:
    """The processes of this machine that have not ended. Linux only."""
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal() and lives(path)]


def lives(process: Path) -> bool:
    """Whether a process in /proc has not ended; one that has, and waits to be collected, cannot be killed."""
    try:
        return process.joinpath("stat").read_text(errors="replace").rpartition(")")[2].split()[0] not in "ZX"
    except (OSError, IndexError):
        return False


def session(pid: int) -> int:
    """The leader of a process's session; 0 where it is gone."""
    try:
        return os.getsid(pid)
    except (ProcessLookupError, PermissionError):
        return 0


def kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
