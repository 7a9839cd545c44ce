"""What takes long to make of word lists, kept in the user's cache folder between runs."""

from __future__ import annotations

import gc
import hashlib
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from pipeline.storage import default_cache
from pipeline.whole import write

T = TypeVar("T")
FILES = 4
"""Kept of a kind: one for each set of packs in use."""


def place_of(kind: str, *told: bytes) -> Path:
    """Where that lies which is made of just what is `told`: anything else gives another name."""
    digest = hashlib.sha256()
    for part in told:
        digest.update(len(part).to_bytes(8) + part)
    return default_cache() / f"{kind}-{digest.hexdigest()[:16]}.pickle"


def kept(path: Path, make: Callable[[], T]) -> T:
    """What lies at `path` (see `place_of`), or else what `make` gives, which then lies there. A cache that cannot be read or
    written is no hindrance."""
    with collector_paused(lasting=True):
        with suppress(Exception):
            found: T = pickle.loads(path.read_bytes())  # noqa: S301 (in a folder of the user, who may run anything)
            return found
        made = make()
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write(path, pickle.dumps(made, protocol=pickle.HIGHEST_PROTOCOL))
            prune(path)
    return made


def prune(path: Path) -> None:
    """Remove the oldest files of the same kind. Raises OSError."""
    same = path.parent.glob(f"{path.name.rpartition('-')[0]}-*.pickle")
    for old in sorted(same, key=lambda one: one.stat().st_mtime, reverse=True)[FILES:]:
        old.unlink(missing_ok=True)


@contextmanager
def collector_paused(*, lasting: bool = False) -> Iterator[None]:
    """Making half a million small objects is twice as fast while the garbage collector rests. `lasting`: they stay, and it need
    never look at them."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if lasting:
            gc.freeze()
        if running:
            gc.enable()
