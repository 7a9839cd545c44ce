"""What lies in a folder: files that can be read, and what is never opened or followed, with the reason: pipes, devices, sockets,
links that lead out of the folder, archives."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import UnreadableInput
from pipeline.sources.natural import natural_key

ARCHIVES = (
    ".zip",
    ".tar",
    ".tgz",
    ".tar.gz",
    ".tar.bz2",
    ".tar.xz",
    ".tbz2",
    ".txz",
    ".7z",
    ".rar",
    ".cbz",
    ".cbr",
    ".bz2",
    ".xz",
)
ARCHIVE = "an archive; unpack it first"
ARCHIVE_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"BZh", b"\xfd7zXZ")
"""How archives begin, whatever they are called; documents of office programs are such as well."""
KINDS = (
    (stat.S_ISDIR, "a folder, not a file"),
    (stat.S_ISFIFO, "a pipe, not a file"),
    (stat.S_ISSOCK, "a socket, not a file"),
    (stat.S_ISCHR, "a device, not a file"),
    (stat.S_ISBLK, "a device, not a file"),
)
MOST_NAMED = 20
"""So many things that are passed over are named one by one."""


def is_archive(path: Path) -> bool:
    """Whether a file is called as archives are."""
    return path.name.casefold().endswith(ARCHIVES)


def strange(path: Path) -> str:
    """Why a path is no file that could be opened, such as a pipe, which would never end; empty for a file."""
    try:
        mode = path.stat().st_mode
    except OSError as fault:
        if fault.errno == errno.ELOOP:
            return "a link that leads in a circle"
        if fault.errno in (errno.ENOENT, errno.ENOTDIR):
            return "a link to nothing" if path.is_symlink() else "no such file"
        return f"cannot be read ({fault.strerror})"
    except ValueError:  # a null character
        return "no such file"
    if stat.S_ISREG(mode):
        return ""
    return next((what for test, what in KINDS if test(mode)), "not a file")


def check_is_file(path: Path) -> None:
    """Raises UnreadableInput for what is no file, without opening it."""
    if what := strange(path):
        named = what if what.startswith(("no ", "cannot")) else f"this is {what}"
        piped = "Text that comes through a pipe is read by: errata clean -"
        advice = piped if what.startswith("a pipe") else "Check the path and its permissions"
        raise UnreadableInput(named, where=path, advice=advice)


def entries(folder: Path, top: Path, said: list[str]) -> tuple[list[Path], list[Path]]:
    """(folders, files) in a folder in natural order, hidden ones left out. What is no folder counts as a file, read or not.

    Links that lead out of `top` are left out, and so are archives; `said` is told of both, and of a folder that cannot be read.
    """
    try:
        with os.scandir(folder) as found:
            listed = sorted(
                (entry for entry in found if not entry.name.startswith(".")), key=lambda entry: natural_key(entry.name)
            )
    except OSError as fault:
        said.append(passed_over(folder, f"cannot be read ({fault.strerror})"))
        return [], []
    folders: list[Path] = []
    files: list[Path] = []
    home = os.path.realpath(top)
    for entry in listed:
        path = folder / entry.name
        if entry.is_symlink() and not within(path, home):
            said.append(passed_over(path, "a link that leads out of the folder; copy what it leads to, or name it"))
        elif is_folder(entry):
            folders.append(path)
        elif is_archive(path):
            said.append(passed_over(path, ARCHIVE))
        else:
            files.append(path)
    return folders, files


def within(path: Path, home: str) -> bool:
    """Whether a link leads to something in the folder `home`, or to nothing at all."""
    real = os.path.realpath(path)
    return real == home or real.startswith(home.rstrip(os.sep) + os.sep) or not os.path.exists(real)  # noqa: PTH110 (no link any more)


def is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def passed_over(path: Path, why: str) -> str:
    return f"{path} is passed over: {why}"


def shortened(said: list[str]) -> tuple[str, ...]:
    """The first of some remarks, and how many more there are."""
    left = len(said) - MOST_NAMED
    return (*said[:MOST_NAMED], f"{left} more files are passed over") if left > 0 else tuple(said)


def tree(root: Path, said: list[str]) -> Iterator[tuple[Path, list[Path], list[Path]]]:
    """(folder, folders in it, files in it) for a folder and those within it, from the top; what is taken out of the folders is
    not entered. A folder that was seen already, by another link, is not entered again: circles of links come to an end."""
    waiting, seen = [root], set[str]()
    while waiting:
        folder = waiting.pop()
        real = os.path.realpath(folder)
        if real in seen:
            continue
        seen.add(real)
        folders, files = entries(folder, root, said)
        yield folder, folders, files
        waiting += reversed(folders)
