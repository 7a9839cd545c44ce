"""Files that lie on an object store (`s3://bucket/box/`), or anywhere else that fsspec knows: what is wanted of them is fetched
once into a folder of this machine, and what was made is put there whole."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from glob import has_magic
from pathlib import Path, PurePosixPath
from typing import Any

from pipeline.errors import MissingDependency, PipelineError, UnreadableInput, UnwritableOutput
from pipeline.whole import beside

MARK = "://"
AT_A_TIME = 32
"""Objects that are fetched or put side by side."""
IDENTITY = ("ETag", "etag", "md5", "LastModified", "mtime", "created")
"""What tells one version of an object from another, the best first."""


def is_remote(path: str | Path) -> bool:
    """Whether a path is an address."""
    return MARK in str(path)


def default_cache() -> Path:
    """Where what is fetched, what is to be put, and what took long to make lies unless somewhere else is named; somewhere that
    cannot be written where the user has no home, as in some containers."""
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "errata"
    except RuntimeError:
        return Path(os.devnull) / "errata"


@dataclass(frozen=True, slots=True)
class Store:
    """A place on a store: its address, and the path of it that `files` (a file system of fsspec) knows."""

    url: str
    files: Any
    root: str

    def local(self, cache: Path, path: str = "") -> Path:
        """Where an object of the store lies in a cache. Raises UnreadableInput for a name that no file can have."""
        scheme = self.url.partition(MARK)[0]
        parts = PurePosixPath((path or self.root).lstrip("/")).parts
        if ".." in parts:
            raise UnreadableInput("its name has two dots between slashes", where=path, advice="Rename that object")
        return cache / scheme / Path(*parts)

    def found(self) -> dict[str, Mapping[str, Any]]:
        """The objects under the address, one at it, or those that it matches, by path, with what is known of them."""
        if has_magic(self.root):
            listed = self.files.glob(self.root, detail=True)
        elif self.files.isfile(self.root):
            listed = {self.root: self.files.info(self.root)}
        else:
            listed = self.files.find(self.root, detail=True)
        return {path: info for path, info in sorted(listed.items()) if info.get("type") == "file" and not path.endswith("/")}


def store_at(url: str) -> Store:
    """A place on a store; credentials and endpoint are those of the environment. Raises MissingDependency, UnreadableInput."""
    try:
        from fsspec.core import url_to_fs
    except ImportError as fault:
        raise missing(url) from fault
    try:
        options = {"auto_mkdir": True} if url.startswith("file:") else {"use_listings_cache": False}
        files, root = url_to_fs(url.rstrip("/"), **options)
    except ImportError as fault:
        raise missing(url) from fault
    except Exception as fault:
        raise UnreadableInput(f"no address that is known ({one_line(fault)})", where=url, advice="Check its spelling") from fault
    return Store(url, files, root)


def missing(url: str) -> MissingDependency:
    advice = "Install it: pip install 'errata[remote]' (Amazon S3 and what speaks like it; others: see fsspec)"
    return MissingDependency("what reads such addresses is not installed", where=url, advice=advice)


def localised(paths: Sequence[str | Path], cache: Path, wanted: Callable[[str], bool]) -> list[str | Path]:
    """Paths of this machine for paths and addresses: what is at an address is fetched into the cache, unless it is there already
    with the same ETag (or time) and size. `wanted`: which file names.

    Raises UnreadableInput for what is not there or cannot be fetched, MissingDependency.
    """
    found: list[str | Path] = []
    for path in paths:
        if is_remote(path):
            found += fetched(store_at(str(path)), cache, wanted)
        else:
            found.append(path)
    return found


def fetched(store: Store, cache: Path, wanted: Callable[[str], bool]) -> list[Path]:
    """The folder of this machine that holds what an address does, or the files that it names."""
    with told(store.url, UnreadableInput, "cannot be fetched"):
        listed = store.found()
        named = store.root in listed or has_magic(store.root)
        chosen = {path: info for path, info in listed.items() if path == store.root or wanted(PurePosixPath(path).name)}
        if not chosen:
            raise UnreadableInput(
                "nothing is there that can be read", where=store.url, advice="Check the spelling of the address"
            )
        places = {path: store.local(cache, path) for path in chosen}
        stale = [path for path, info in chosen.items() if mark_of(places[path]) != identity(info)]
        for first in range(0, len(stale), AT_A_TIME):
            get(store, {path: places[path] for path in stale[first : first + AT_A_TIME]}, chosen)
    if named:
        return list(places.values())
    folder = store.local(cache)
    forget(folder, set(places.values()))
    return [folder]


def get(store: Store, places: Mapping[str, Path], infos: Mapping[str, Mapping[str, Any]]) -> None:
    """Fetch some objects side by side; each takes its place when it is whole."""
    partial = {path: beside(place) for path, place in places.items()}
    for place in places.values():
        place.parent.mkdir(parents=True, exist_ok=True)
        mark_at(place).unlink(missing_ok=True)
    store.files.get(list(partial), [str(path) for path in partial.values()])
    for path, place in places.items():
        if partial[path].stat().st_size != infos[path].get("size", partial[path].stat().st_size):
            raise UnreadableInput("it was changed while it was fetched", where=path, advice="Give the same command again")
        partial[path].replace(place)
        mark_at(place).write_text(identity(infos[path]), encoding="utf-8")


def identity(info: Mapping[str, Any]) -> str:
    """What tells this version of an object from others."""
    return f"{info.get('size')} {next((str(info[key]) for key in IDENTITY if info.get(key)), '')}"


def mark_at(place: Path) -> Path:
    """Where the identity of what was fetched stands, beside it."""
    return place.with_name(f".{place.name}.fetched")


def mark_of(place: Path) -> str:
    """The identity of what was fetched; '' where it is not there as it was."""
    try:
        mark = mark_at(place).read_text(encoding="utf-8")
        return mark if mark.split(" ")[0] in (str(place.stat().st_size), "None") else ""
    except OSError:
        return ""


def forget(folder: Path, kept: set[Path]) -> None:
    """Remove what was fetched once and is no longer in the store."""
    for mark in list(folder.rglob(".*.fetched")):
        place = mark.with_name(mark.name[1 : -len(".fetched")])
        if place not in kept:
            place.unlink(missing_ok=True)
            mark.unlink()


def put(store: Store, files: Mapping[str, Path]) -> None:
    """Put files at places under the address, side by side, each at once or not at all. Raises UnwritableOutput."""
    with told(store.url, UnwritableOutput, "cannot be written"):
        names = list(files)
        for first in range(0, len(names), AT_A_TIME):
            some = names[first : first + AT_A_TIME]
            store.files.put([str(files[name]) for name in some], [f"{store.root}/{name}" for name in some])


@contextmanager
def told(url: str, kind: type[PipelineError], what: str) -> Iterator[None]:
    """Whatever goes wrong with a store, in one line: every kind of store has errors of its own."""
    try:
        yield
    except PipelineError:
        raise
    except Exception as fault:
        advice = "Check the address, the credentials and the network; the same command goes on from there"
        raise kind(f"{what} ({one_line(fault)})", where=url, advice=advice) from fault


def one_line(fault: Exception) -> str:
    return " ".join(f"{type(fault).__name__}: {fault}".split())[:300]
