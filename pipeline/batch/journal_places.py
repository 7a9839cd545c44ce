"""Where the journal of an output folder lies."""

from __future__ import annotations

import os
from hashlib import blake2b
from pathlib import Path
from tempfile import gettempdir

NAME = ".errata/journal.sqlite"
REMOTE = ("nfs", "cifs", "smb", "fuse.sshfs", "fuse.rclone", "fuse.s3fs", "fuse.gcsfuse", "ceph", "lustre", "9p", "afs")
"""File systems on which SQLite cannot share memory between processes."""


def journal_path(out: Path, state: str = "") -> Path:
    """Where the journal of an output folder lies: in `state`, a file or a folder; else in the output folder itself, or, where
    that is on another machine's disk, in the user's folder for such things."""
    place = Path(state) if state else None
    if place is not None and place.suffix and not place.is_dir():
        return place
    if place is None and not is_remote(out):
        return out / NAME
    place = place or state_home() / "errata"
    whole = out.resolve()
    return place / f"{whole.name}-{blake2b(os.fsencode(whole), digest_size=4).hexdigest()}.sqlite"


def state_home() -> Path:
    """The user's folder for what programs remember; the one for temporary files where the user has no home, as in some
    containers: a journal is only history."""
    try:
        return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    except RuntimeError:
        return Path(gettempdir())


def is_remote(folder: Path, mounts: Path = Path("/proc/mounts")) -> bool:
    """Whether a folder lies on a disk of another machine, as far as the system tells."""
    try:
        rows = [line.split() for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines()]
    except OSError:
        return False
    whole = folder.resolve()
    found = [(len(row[1]), row[2]) for row in rows if len(row) > 2 and whole.is_relative_to(row[1].replace("\\040", " "))]
    return bool(found) and max(found)[1].startswith(REMOTE)
