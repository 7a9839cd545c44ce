"""From the paths given to `errata clean` to documents: texts by themselves, the pages of an OCR in one folder together."""

from __future__ import annotations

import gzip
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Literal

from pipeline.errors import BadArguments, UnreadableInput
from pipeline.sources.discover import TEXT_SUFFIXES, Document, Found, by_name, expanded, listed, placed, walk
from pipeline.sources.entries import is_archive, passed_over, shortened, strange
from pipeline.sources.markup import GZIP, MARKUP_SUFFIXES, STRANGERS, Kind, count_pages, kind_of, root_name, unpacked
from pipeline.sources.page_images import bare_stem
from pipeline.sources.text import read_bytes

HEAD = 131_072
"""Bytes in which a file says what it is."""
FORMAT_FOLDERS = frozenset({"page", "alto", "hocr", "pagexml", "page_xml", "alto_xml"})


@dataclass(frozen=True, slots=True)
class Look:
    """What a file seems to be: text, one of the formats of an OCR with its number of pages, another format, or broken."""

    path: Path
    kind: Kind | Literal["text", "other", "broken"]
    pages: int = 1
    root: str = ""


def documents_to_clean(given: Sequence[str | Path], out: Path, *, whole: bool = False, each: bool = False) -> list[Document]:
    """The documents in texts and in what an OCR left.

    A text is a document, and so is an OCR's file of several pages; its files of one page in a folder, or those of one folder
    that were named together, are the pages of one. With `whole` all files of a folder are, with `each` none.

    Raises UnreadableInput for a path that does not exist and for a folder without texts, BadArguments where it is not clear
    what belongs together.
    """
    if whole and each:
        raise BadArguments("--document and --each do not go together", advice="Give one of them")
    found: list[Found] = []
    loose: dict[Path, list[Look]] = {}
    for path in expanded(given):
        if path.is_dir():
            found += one_folder(path) if whole else folder_tree(path, out, each)
            continue
        look = looked_at(path)
        if look.kind == "other" or is_document(look, each):
            found.append(Found((path,), path.parent.resolve().name, PurePosixPath(path.name)))
        else:
            loose.setdefault(path.parent, []).append(look)
    for folder, looks in loose.items():
        unique = sorted({look.path: look for look in looks}.values(), key=lambda look: by_name(look.path))
        root = name_of(folder)
        if len(unique) == 1:
            found.append(Found((unique[0].path,), root, PurePosixPath(unique[0].path.name)))
        else:
            found += together(unique, root, PurePosixPath(root or "pages"))
    return placed(found)


def looked_at(path: Path) -> Look:
    """What a file seems to be. One that cannot be read is text or broken, by its name: that is reported when it is read."""
    named = path.suffix.casefold() in MARKUP_SUFFIXES
    if strange(path) or is_archive(path):
        return Look(path, "broken" if named else "text")
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
        packed = head.startswith(GZIP)
        head = zlib.decompressobj(31).decompress(head, HEAD) if packed else head
        root = root_name(head)
        if not root:
            return Look(path, "text" if not named else "broken" if not packed else "other" if head.strip() else "broken")
        data = unpacked(read_bytes(path), str(path))
    except (OSError, zlib.error, gzip.BadGzipFile, UnreadableInput):
        return Look(path, "broken" if named else "text")
    kind = kind_of(data)
    if kind is None:
        return Look(path, "other" if named else "text", root=root)
    return Look(path, kind, count_pages(data, kind))


def name_of(folder: Path) -> str:
    """What a folder's document is called; an export's folder for one format says nothing, the one above it does."""
    real = folder.resolve()
    return real.parent.name if real.name.casefold() in FORMAT_FOLDERS and real.parent.name else real.name


def is_document(look: Look, each: bool) -> bool:
    """Whether a file is a document by itself, and not a page of one."""
    return each or look.kind == "text" or look.pages > 1


def one_folder(folder: Path) -> list[Found]:
    """A folder as one document: its texts and the files of an OCR are the pages."""
    said: list[str] = []
    paths = sorted((f for f in listed(folder, said) if f.suffix.casefold() in TEXT_SUFFIXES | MARKUP_SUFFIXES), key=by_name)
    looks = [looked_at(path) for path in paths]
    pages, others = ([look for look in looks if (look.kind == "other") is other] for other in (False, True))
    if not pages:
        raise nothing(folder, [*said, *named(others)])
    stems: dict[str, Look] = {}
    for look in pages:
        twin = stems.setdefault(bare_stem(look.path.stem if look.kind == "text" else look.path.name).casefold(), look)
        if twin is not look and {twin.kind, look.kind} != {"text"}:
            what = f"the same page stands there twice: {twin.path.name}, {look.path.name}"
            advice = f"Name the files: errata clean {folder}/*{look.path.suffix}"
            raise BadArguments(what, where=folder, advice=advice)
    root = name_of(folder)
    files = tuple(look.path for look in pages)
    return [Found(files, root, PurePosixPath(root or "document"), whole=True, remarks=remarks_on(said, others))]


def folder_tree(root: Path, out: Path, each: bool) -> list[Found]:
    """The documents in a folder and the folders in it."""
    name = name_of(root)
    found: list[Found] = []
    others: list[Look] = []
    said: list[str] = []
    for folder, files in walk(root, TEXT_SUFFIXES | MARKUP_SUFFIXES, out, said):
        relative = PurePosixPath(folder.relative_to(root))
        looks = [looked_at(path) for path in files]
        others += [look for look in looks if look.kind == "other"]
        known = [look for look in looks if look.kind != "other"]
        found += [Found((look.path,), name, relative / look.path.name) for look in known if is_document(look, each)]
        pages = [look for look in known if not is_document(look, each)]
        found += together(pages, name, PurePosixPath(name or "pages") if folder == root else relative)
    if not found:
        raise nothing(root, [*said, *named(others)])
    return [replace(found[0], remarks=remarks_on(said, others)), *found[1:]]


def together(looks: Sequence[Look], root: str, place: PurePosixPath) -> list[Found]:
    """The pages of one folder as a document; as several where they are in several formats, which show the same pages again.

    A file too broken to tell its format is a page of the largest.
    """
    kinds = Counter(look.kind for look in looks if look.kind != "broken")
    most = kinds.most_common(1)[0][0] if kinds else "broken"
    groups: dict[str, list[Path]] = {}
    for look in looks:
        groups.setdefault(most if look.kind == "broken" else look.kind, []).append(look.path)
    places = {kind: place if len(groups) == 1 else place.with_name(f"{place.name}-{kind}") for kind in groups}
    return [Found(tuple(paths), root, places[kind], whole=True) for kind, paths in groups.items()]


def named(others: Sequence[Look]) -> list[str]:
    """What is to be said of files that are neither text nor pages of an OCR."""
    return [passed_over(look.path, STRANGERS.get(look.root, ("not hOCR, ALTO or PAGE",))[0]) for look in others]


def remarks_on(said: list[str], others: Sequence[Look]) -> tuple[str, ...]:
    """The same, with what was said of things that are no files."""
    return shortened([*said, *named(others)])


def nothing(folder: Path, said: Sequence[str]) -> UnreadableInput:
    """The error for a folder without anything to clean; `said`: what is in it instead."""
    advice = f"Texts end in {', '.join(sorted(TEXT_SUFFIXES))}, hOCR, ALTO and PAGE in .xml, .hocr or .html; a file with another"
    instead = f" ({said[0]})" if said else ""
    return UnreadableInput(
        f"no texts in this folder{instead}", where=folder, advice=f"{advice} suffix can be given by its own path"
    )
