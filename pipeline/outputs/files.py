"""The only module that writes results: every file of a document, each whole or not at all."""

from __future__ import annotations

import difflib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pipeline.errors import UnwritableOutput
from pipeline.outputs.completeness import account, completeness_csv
from pipeline.outputs.confidence import confidence_csv, confidence_json
from pipeline.outputs.edits import edits_jsonl
from pipeline.outputs.findings import findings_csv
from pipeline.outputs.hocr import hocr_pages
from pipeline.outputs.reading import reading_markdown
from pipeline.outputs.references import references_csv
from pipeline.outputs.report.details import detail_files
from pipeline.outputs.report.document import report_html
from pipeline.outputs.report.figures import report_json
from pipeline.outputs.text import plain_text
from pipeline.result import Result

ADVICE = "Check that the folder can be written and the disk is not full"


def write_document(result: Result, folder: Path) -> None:
    """Write all outputs of a document into `folder`, which is made if need be; the ledger last, text.txt just before it.

    Pages of an earlier run that no longer exist are removed. Raises UnwritableOutput.
    """
    written = set()
    for name, text in outputs(result):
        write_text(folder / name, text)
        written.add(folder / name)
    for stale in (*folder.glob("pages/*.hocr"), *folder.glob("report/pages-*.html")):
        if stale not in written:
            remove(stale)


def outputs(result: Result) -> Iterator[tuple[str, str]]:
    """(path within the document's folder, text) of every output."""
    found = account(result)
    for number, page in hocr_pages(result):
        yield f"pages/{number:04d}.hocr", page
    yield "reading.md", reading_markdown(result)
    yield "confidence.csv", confidence_csv(result)
    yield "confidence.json", confidence_json(result)
    yield "findings.csv", findings_csv(result)
    yield "completeness.csv", completeness_csv(result, found)
    yield "references.csv", references_csv(result)
    yield "report.html", report_html(result, found)
    yield "report.json", report_json(result, found)
    yield from ((f"report/{name}", page) for name, page in detail_files(result))
    yield "evidence.json", json.dumps(result.evidence.to_record(), ensure_ascii=False, indent=1) + "\n"
    yield "text.txt", plain_text(result)
    yield "edits.jsonl", edits_jsonl(result.ledger)


def write_text(path: Path, text: str) -> None:
    """Write a text as UTF-8, line ends as they are; whoever reads meanwhile sees the old file or the new one, never a part.

    Raises UnwritableOutput.
    """
    data = text.encode("utf-8", "surrogatepass")
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = Path(file.name)
            file.write(data)
        temporary.chmod(0o666 & ~current_umask())
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink()
        raise UnwritableOutput(f"cannot be written ({error.strerror or error})", where=path, advice=ADVICE) from error


def current_umask() -> int:
    """The permissions that this process takes from new files; the system has no way to ask without setting."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def remove(path: Path) -> None:
    try:
        path.unlink()
    except OSError as error:
        raise UnwritableOutput(f"cannot be removed ({error.strerror or error})", where=path, advice=ADVICE) from error


def unified_diff(result: Result) -> str:
    """What the applied edits change, in the form of `diff -u`; empty where they change nothing."""
    name = result.source.path or result.source.name
    before, after = (text.replace("\f", "\f\n").splitlines(keepends=True) for text in (result.source.text, result.draft.text))
    lines = difflib.unified_diff(before, after, fromfile=name, tofile=f"{name} (clean)")
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
