"""Files written whole or not at all: whoever reads meanwhile sees the old file or the new one, never a part."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LEFT = re.compile(r"\..+\.[0-9a-f]{8}\.part")
"""Names of files that were being written; they get their real names once they are whole."""


@contextmanager
def taking_place(path: Path) -> Iterator[Path]:
    """A file beside `path` to be written, which takes its place at the end. Raises OSError."""
    partial = beside(path)
    try:
        yield partial
        partial.replace(path)
    except BaseException:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise


def beside(path: Path) -> Path:
    """A name that no other process, and no other machine, gives to what is to become `path`."""
    return path.with_name(f".{path.name}.{os.urandom(4).hex()}.part")


def write(path: Path, data: bytes) -> None:
    """Write a file. Raises OSError."""
    with taking_place(path) as partial:
        partial.write_bytes(data)
