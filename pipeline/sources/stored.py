"""What was read, kept beside the results: the bytes of texts in `ocr/source.txt` or `ocr/NNNN.txt`, the records of pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.errors import InvalidRecord, UnwritableOutput
from pipeline.model import Source
from pipeline.ocr.pages import PageRecord, stored
from pipeline.ocr.pages import write as write_whole
from pipeline.sources.text import read_bytes, read_folder, read_text

TEXT = "source.txt"


def keep_inputs(inputs: Sequence[Path], ocr: Path, *, whole: bool) -> None:
    """Copy the bytes of a text document into its folder `ocr/`, unchanged. Raises UnwritableOutput."""
    names = [f"{number:04d}.txt" for number in range(1, len(inputs) + 1)] if whole else [TEXT]
    try:
        ocr.mkdir(parents=True, exist_ok=True)
        for left in set(ocr.glob("*.txt")) - {ocr / name for name in names}:
            left.unlink()
        for path, name in zip(inputs, names, strict=True):
            if not (ocr / name).exists() or not path.samefile(ocr / name):
                write_whole(ocr / name, read_bytes(path))
    except OSError as fault:
        advice = "Choose another folder with -o"
        raise UnwritableOutput(f"cannot be written ({fault.strerror})", where=ocr, advice=advice) from fault


def stored_text(ocr: Path, name: str, sources: Sequence[str], *, whole: bool) -> Source:
    """The source that was kept; `sources` are the paths it came from. Raises PipelineError where it is not there."""
    if not whole:
        return replace(read_text(ocr / TEXT, name), path=sources[0] if sources else "")
    source = read_folder(sorted(ocr.glob("[0-9]*.txt"), key=lambda path: int(path.stem)), name)
    labels = [Path(path).name for path in sources]
    if len(labels) != len(source.pages):
        raise InvalidRecord("pages are missing among what was kept", where=ocr, advice="Clean the document again with --force")
    return replace(source, pages=tuple(replace(page, label=label) for page, label in zip(source.pages, labels, strict=True)))


def stored_records(ocr: Path, selected: Sequence[int] = ()) -> list[PageRecord]:
    """The pages that were read, in scan order; only the `selected` ones, if any. Raises InvalidRecord where there are none."""
    numbers = sorted(int(path.stem) for path in ocr.glob("[0-9]*.json") if path.stem.isdigit())
    records = [stored(ocr, number) for number in numbers if not selected or number in selected]
    found = [record for record in records if record is not None]
    if not found or len(found) < len(records):
        raise InvalidRecord("what was read is missing or damaged", where=ocr, advice="Digitise the document again")
    return found
