"""How much time and memory a page or a document may take, and what is said of one that took more."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from pipeline.errors import ToolFailed, UnwritableOutput
from pipeline.settings import Settings

MEGABYTE = 1_000_000
SHARE = 0.8
"""Of the machine's memory, what one process may have where nothing is set: beyond that the machine would stand still."""
CGROUPS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
"""What no other page could escape either."""


def memory_limit(settings: Settings) -> int:
    """Bytes that a worker, and each program that it starts, may have; 0 where there is no telling."""
    return settings.memory * MEGABYTE if settings.memory else int(SHARE * machine_memory())


def machine_memory() -> int:
    """Bytes of memory of this machine or container; 0 where the system does not say."""
    try:
        found = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 0
    for path in CGROUPS:
        try:
            found = min(found, int(Path(path).read_text()))
        except (OSError, ValueError):
            continue
    return max(0, found)


def is_limited(settings: Settings) -> bool:
    """Whether somebody set a limit that a document must be held to, however small it is."""
    return bool(settings.memory) or settings.document_seconds != Settings.model_fields["document_seconds"].default


def too_long(name: str, seconds: float, key: str) -> ToolFailed:
    """The error for a page or document that was ended after `seconds`; `key`: the setting that says so."""
    return ToolFailed(f"took more than {seconds:g} seconds and was ended", where=name, advice=f"Raise {key} in errata.toml")


def too_large(where: str | Path) -> ToolFailed:
    """The error for what wants more memory than it may have."""
    return ToolFailed("wants more memory than it may have", where=where, advice="Raise memory in errata.toml, or lower jobs")


def is_memory(fault: BaseException) -> bool:
    """Whether a fault is that of a process that wanted more memory than it may have."""
    return isinstance(fault, MemoryError) or "nsufficient memory" in str(fault)  # OpenCV has an error of its own


def disk_full(fault: BaseException, where: Path) -> UnwritableOutput | None:
    """The error for a disk that takes no more, wherever it was noticed; None for any other fault."""
    if not isinstance(fault, OSError) or fault.errno not in FULL:
        return None
    place = fault.filename or where
    return UnwritableOutput(f"cannot be written ({fault.strerror})", where=place, advice="Make room, then give the same command")
