"""What was read, kept beside the results: the bytes of texts and of other programs' OCR, and the records of pages.

A document of one file has them in `ocr/source.txt`, `source.xml` or `source.hocr`, one of many in `ocr/0001.txt` and so on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import InvalidRecord, UnreadableInput, UnwritableOutput
from pipeline.model import Source
from pipeline.ocr.pages import PageRecord, stored
from pipeline.sources.files import InputFile, read_file, read_folder
from pipeline.sources.markup import GZIP, MARKUP_SUFFIXES, kind_of
from pipeline.sources.text import read_bytes
from pipeline.whole import write

KEPT = re.compile(r"(source|\d{4,})\.(?:txt|xml|alto|page|hocr|html|htm|xhtml|gz)")
"""Names of inputs; what Errata's own OCR read is called 0001.hocr.gz."""


def kept_name(stem: str, path: Path, data: bytes) -> str:
    """What an input is called when it is kept: markup by its suffix, or by what is in it; all else is text."""
    suffix = path.suffix.casefold()
    if suffix in MARKUP_SUFFIXES:
        return stem + suffix
    if data.startswith(GZIP):
        return f"{stem}.gz"
    kind = kind_of(data)
    return f"{stem}.txt" if kind is None else f"{stem}.hocr" if kind == "hocr" else f"{stem}.xml"


def keep_inputs(inputs: Sequence[Path], ocr: Path, *, whole: bool) -> None:
    """Copy the bytes of a document's files into its folder `ocr/`, unchanged. Raises UnwritableOutput."""
    names = set()
    try:
        ocr.mkdir(parents=True, exist_ok=True)
        for number, path in enumerate(inputs, 1):
            try:
                data = read_bytes(path)
            except UnreadableInput:
                data = b""  # a page that cannot be read keeps its place
            name = kept_name(f"{number:04d}" if whole else "source", path, data)
            names.add(name)
            if not (ocr / name).exists() or not path.samefile(ocr / name):
                write(ocr / name, data)
        for left in kept_files(ocr):
            if left.name not in names:
                left.unlink()
    except OSError as fault:
        advice = "Choose another folder with -o"
        raise UnwritableOutput(f"cannot be written ({fault.strerror})", where=ocr, advice=advice) from fault


def kept_files(ocr: Path) -> list[Path]:
    """The inputs that were kept, in order."""
    found = [(match[1], path) for path in ocr.iterdir() if (match := KEPT.fullmatch(path.name))]
    return [path for _, path in sorted(found, key=lambda item: (len(item[0]), item[0]))]


def stored_text(ocr: Path, name: str, sources: Sequence[str], images: Path | None, *, whole: bool) -> Source:
    """The source that was kept; `sources` are the paths it came from, `images` the folder that was named for its images.

    Raises PipelineError where it is not there.
    """
    files = kept_files(ocr) if ocr.is_dir() else []
    files = [path for path in files if (path.stem == "source") is not whole]
    if len(files) != max(1, len(sources)):
        advice = "Clean the document again with --force"
        raise InvalidRecord("files are missing among what was kept", where=ocr, advice=advice)
    if not whole:
        return read_file(files[0], name, images, Path(sources[0]) if sources else None)
    inputs = [InputFile(path, Path(origin)) for path, origin in zip(files, sources, strict=True)]
    return read_folder(inputs, name, images)


def stored_records(ocr: Path, selected: Sequence[int] = ()) -> list[PageRecord]:
    """The pages that were read, in scan order; only the `selected` ones, if any. Raises InvalidRecord where there are none."""
    numbers = sorted(int(path.stem) for path in ocr.glob("[0-9]*.json") if path.stem.isdigit())
    records = [stored(ocr, number) for number in numbers if not selected or number in selected]
    found = [record for record in records if record is not None]
    if not found or len(found) < len(records):
        raise InvalidRecord("what was read is missing or damaged", where=ocr, advice="Digitise the document again")
    return found
