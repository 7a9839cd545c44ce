"""confidence.csv, a row a line, for spreadsheets; confidence.json, the same and the words of each line, for programs, and how it
is read back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.confidence.model import LineConfidence, WordRisks
from pipeline.errors import InvalidRecord
from pipeline.folios import PageNames
from pipeline.formats import Format
from pipeline.outputs.cells import table
from pipeline.result import Result

HEADER = ("page", "folio", "line", "text", "probability", "expected_wrong", "reasons")
FORMAT = Format("errata-confidence")
ADVICE = "errata repair writes it anew"


def confidence_csv(result: Result) -> str:
    """Every line that is not blank: `page` is its place in the scan order, from 1, `probability` that all of it is right."""
    names = result.names
    text = result.draft.text
    rows: list[tuple[object, ...]] = []
    for line in result.confidence.lines:
        shown = text[line.start : line.end].strip()
        if shown:
            place = names.number(line.page), names.folio(line.page), line.line
            rows.append((*place, shown, f"{line.probability:.4f}", f"{line.expected_wrong:.4f}", "; ".join(line.reasons)))
    return table(HEADER, rows)


def confidence_json(result: Result) -> str:
    """The values of confidence.csv by page and line, a page to a line of the file; `words` has the words of a line, each with the
    probability (0-1) that it is right."""
    names = result.names
    head = {**FORMAT.head, "document": result.source.name, "expected_wrong": round(result.confidence.expected_wrong, 4)}
    rows = (json.dumps(page, ensure_ascii=False, separators=(",", ":")) for page in page_records(result, names))
    return json.dumps(head, ensure_ascii=False)[:-1] + ', "pages": [\n' + ",\n".join(rows) + "\n]}\n"


def page_records(result: Result, names: PageNames) -> Iterator[dict[str, Any]]:
    """Each page as plain data."""
    text, risks = result.draft.text, result.confidence.words
    lines = result.confidence.lines
    firsts = np.searchsorted(risks.ends, [line.start for line in lines], side="right").tolist()
    lasts = np.searchsorted(risks.starts, [line.end for line in lines]).tolist()
    starts, ends, right = risks.starts.tolist(), risks.ends.tolist(), np.round(1 - risks.wrong, 4).tolist()
    at = 0
    for page in result.confidence.pages:
        rows = []
        for line in page.lines:
            words = [(text[starts[i] : ends[i]], right[i]) for i in range(firsts[at], lasts[at])]
            at += 1
            if shown := text[line.start : line.end].strip():
                rows.append(line_record(line, shown, words))
        yield {
            "page": names.number(page.number),
            "folio": names.folio(page.number),
            "probability": page.probability,
            "expected_wrong": page.expected_wrong,
            "lines": rows,
        }


def line_record(line: LineConfidence, shown: str, words: list[tuple[str, float]]) -> dict[str, Any]:
    """A line as plain data."""
    record: dict[str, Any] = {"line": line.line, "text": shown, "probability": line.probability}
    record |= {"expected_wrong": line.expected_wrong, "reasons": line.reasons}
    return {**record, "words": words} if words else record


def read_risks(path: Path, text: str) -> WordRisks:
    """How probable it is that each word of the clean `text` is wrong, from its confidence.json.

    Raises InvalidRecord where that is missing, damaged, or of another text.
    """
    try:
        pages = FORMAT.read(json.loads(path.read_bytes()), path)["pages"]
        words = [word for page in pages for line in page["lines"] for word in line.get("words", ())]
        wrong = np.array([1 - right for _, right in words], dtype=np.float64)
        same = text.split() == [word for word, _ in words]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise InvalidRecord("missing or damaged", where=path, advice=ADVICE) from fault
    if not same:
        raise InvalidRecord("its words are those of another text", where=path, advice=ADVICE)
    spans = np.array([match.span() for match in re.finditer(r"\S+", text)], dtype=np.int64).reshape(-1, 2)
    return WordRisks(spans[:, 0], spans[:, 1], wrong)
