"""From the paths that were given to documents: which files belong together, and where each document's results go."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from glob import glob, has_magic
from pathlib import Path, PurePosixPath

from pipeline.errors import BadArguments, UnreadableInput
from pipeline.sources.entries import ARCHIVE, entries, is_archive, shortened, tree
from pipeline.sources.images import MANY_PAGED, SCAN_SUFFIXES, frames
from pipeline.sources.markup import MARKUP_SUFFIXES
from pipeline.sources.natural import natural_key
from pipeline.sources.places import distinct

PDF_SUFFIX = ".pdf"
STAMP = "errata.json"
RESULTS = frozenset({"text.txt", "reading.md", "report.html", "report", "pages", "ocr", "images"})
"""What lies beside a stamp and is no input."""
BATCH = "batch.json"
INDEXES = frozenset({"index.html", "errata-index.html"})
"""Reports on several documents, which lie beside BATCH and are no input."""
TEXT_SUFFIXES = frozenset({".txt", ".text", ".asc", ".md", ".ocr"})


@dataclass(frozen=True, slots=True)
class Document:
    """One document: its name, its files in reading order, and the folder of its results, relative to the output folder.

    `whole`: the files are its pages (`clean --document`). `remarks`: what there is to say of the files beside them.
    """

    name: str
    inputs: tuple[Path, ...]
    relative_out: PurePosixPath
    whole: bool = False
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A document before its place is known. `root` is the argument it was found by, `relative` its path beneath that."""

    inputs: tuple[Path, ...]
    root: str
    relative: PurePosixPath
    whole: bool = False
    remarks: tuple[str, ...] = ()

    def places(self) -> list[PurePosixPath]:
        """Where its results could go, the best first; the later ones tell it apart from others."""
        bare = self.relative.with_suffix("") if is_file_name(self.relative.name) else self.relative
        while bare.suffix.casefold() in MARKUP_SUFFIXES:  # p1.alto.xml, p1.hocr.gz
            bare = bare.with_suffix("")
        return [bare, self.relative, PurePosixPath(self.root) / bare, PurePosixPath(self.root) / self.relative]


def is_file_name(name: str) -> bool:
    """Whether a name ends in a suffix that a reader does not need to see."""
    suffix = PurePosixPath(name).suffix.casefold()
    return suffix in TEXT_SUFFIXES or suffix in SCAN_SUFFIXES or suffix in MARKUP_SUFFIXES or suffix == PDF_SUFFIX


def documents_to_digitise(given: Sequence[str | Path], out: Path, *, each: bool = False) -> list[Document]:
    """The documents in scans and PDFs: a PDF or many-paged TIFF each, the images of one folder together (or `each` its own).

    Raises UnreadableInput for a path that does not exist and for a folder without scans.
    """
    suffixes = SCAN_SUFFIXES | {PDF_SUFFIX}
    found: list[Found] = []
    loose: dict[Path, list[Path]] = {}
    for path in expanded(given):
        if path.is_dir():
            found += in_folder_tree(path, suffixes, out, each)
        elif is_archive(path):
            raise UnreadableInput(f"this is {ARCHIVE}", where=path)
        elif path.suffix.casefold() not in suffixes:
            raise UnreadableInput(f"not a scan or PDF ({path.suffix or 'no suffix'})", where=path, advice=scan_advice(path))
        elif each or stands_alone(path):
            found.append(Found((path,), path.parent.resolve().name, PurePosixPath(path.name)))
        else:
            loose.setdefault(path.parent, []).append(path)
    for folder, images in loose.items():
        name = images[0].name if len(images) == 1 else folder.resolve().name or "pages"
        found.append(Found(tuple(sorted(dict.fromkeys(images), key=by_name)), folder.resolve().name, PurePosixPath(name)))
    return placed(found)


def expanded(given: Iterable[str | Path]) -> list[Path]:
    """The paths that exist, globs that the shell left alone expanded. Raises UnreadableInput for what is not there."""
    paths: list[Path] = []
    for item in given:
        path = Path(item)
        if os.path.lexists(path):  # what leads to nothing says so when it is read
            paths.append(path)
            continue
        # Path.glob starts from a folder and takes no absolute patterns.
        matches = sorted(glob(str(item), recursive=True), key=natural_key) if has_magic(str(item)) else []  # noqa: PTH207
        if not matches:
            what = "no file matches" if has_magic(str(item)) else "no such file or folder"
            raise UnreadableInput(what, where=item, advice="Check the spelling of the path")
        paths += [Path(match) for match in matches]
    if not paths:
        raise BadArguments("no input given", advice="Name files or folders")
    return paths


def by_name(path: Path) -> tuple[tuple[int, int, str], ...]:
    """The natural order of file names."""
    return natural_key(path.name)


def in_folder_tree(root: Path, suffixes: frozenset[str], out: Path, each: bool) -> list[Found]:
    """The documents in a folder of scans and the folders in it."""
    name = root.resolve().name or "pages"
    found: list[Found] = []
    said: list[str] = []
    for folder, files in walk(root, suffixes, out, said):
        relative = PurePosixPath(folder.relative_to(root))
        alone = [file for file in files if each or stands_alone(file)]
        pages = tuple(file for file in files if file not in set(alone))
        if pages:
            found.append(Found(pages, name, PurePosixPath(name) if folder == root else relative))
        found += [Found((file,), name, relative / file.name) for file in alone]
    if not found:
        advice = f"Scans end in {', '.join(sorted(suffixes))}; text without scans is read by: errata clean"
        instead = f" ({said[0]})" if said else ""
        raise UnreadableInput(f"no scans in this folder{instead}", where=root, advice=advice)
    return [replace(found[0], remarks=shortened(said)), *found[1:]]


def walk(root: Path, suffixes: frozenset[str], out: Path, said: list[str]) -> Iterator[tuple[Path, list[Path]]]:
    """(folder, its files in natural order) for each folder under `root` with files of these suffixes.

    Leaves out the output folder, results of Errata elsewhere, and hidden files. What has such a suffix and is no file (a pipe, a
    link to nothing, an empty folder) counts as one, and fails when it is read. `said` is told what else was passed over.
    """
    results = os.path.realpath(out)
    for folder, folders, files in tree(root, said):
        if os.path.realpath(folder) == results:
            folders.clear()
            continue
        names = {file.name for file in files}
        left_out = (RESULTS if STAMP in names else frozenset()) | (INDEXES if BATCH in names else frozenset())
        folders[:] = [inner for inner in folders if STAMP not in names or inner.name not in RESULTS]
        hollow = [inner for inner in folders if inner.suffix.casefold() in suffixes and is_empty(inner)]
        wanted = [file for file in files if file.suffix.casefold() in suffixes and file.name not in left_out]
        if found := sorted([*wanted, *hollow], key=by_name):
            yield folder, found


def is_empty(folder: Path) -> bool:
    try:
        return next(folder.iterdir(), None) is None
    except OSError:
        return False


def listed(folder: Path, said: list[str]) -> list[Path]:
    """The files of one folder that are not hidden. Raises UnreadableInput where it cannot be read."""
    if not os.access(folder, os.R_OK | os.X_OK):
        raise UnreadableInput("cannot be read (Permission denied)", where=folder, advice="Check its permissions")
    return entries(folder, folder, said)[1]


def stands_alone(path: Path) -> bool:
    """Whether this file is a document by itself: a PDF, or a TIFF of several pages."""
    suffix = path.suffix.casefold()
    if suffix == PDF_SUFFIX:
        return True
    if suffix not in MANY_PAGED:
        return False
    try:
        return len(frames(path)) > 1
    except UnreadableInput:
        return False  # reported when the page is read, so that the others of its folder are not lost


def scan_advice(path: Path) -> str:
    if path.suffix.casefold() in TEXT_SUFFIXES:
        return "Text is read by: errata clean"
    if path.suffix.casefold() in MARKUP_SUFFIXES:
        return "hOCR, ALTO and PAGE-XML are read by: errata clean"
    return f"Scans end in {', '.join(sorted(SCAN_SUFFIXES))} or {PDF_SUFFIX}"


def placed(found: Sequence[Found]) -> list[Document]:
    """Each document with a place of its own for its results."""
    found = list(dict.fromkeys(found))
    places = distinct([item.places() for item in found])
    return [Document(str(place), item.inputs, place, item.whole, item.remarks) for item, place in zip(found, places, strict=True)]
