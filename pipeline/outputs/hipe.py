"""pages.jsonl: each page as it was read and as it was repaired, a line a page, for scorers and trainers of OCR post-correction.

The format is that of the HIPE-OCRepair-2026 evaluation campaign, schema of 2026-04-09
(https://github.com/hipe-eval/HIPE-OCRepair-scorer).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pipeline import __version__
from pipeline.result import Result

UNKNOWN = ("primary_dataset_version", "primary_dataset_license", "benchmark_dataset_name", "benchmark_dataset_split", "date")
"""What the schema wants said of a data set; empty where there is none."""


def pages_jsonl(result: Result) -> str:
    """A record a page; one for the whole document where its pages were found only by repair."""
    return "".join(json.dumps(record, ensure_ascii=not printable(record)) + "\n" for record in records(result))


def printable(record: dict[str, Any]) -> bool:
    """Whether UTF-8 can hold the texts of a record, and no reader takes anything in them for the end of a line."""
    texts = (part["transcription_unit"] for part in record.values() if "transcription_unit" in part)
    return not any("\ud800" <= char <= "\udfff" or char in "\x85\u2028\u2029" for text in texts for char in text)


def records(result: Result) -> Iterator[dict[str, Any]]:
    source, clean = result.source, result.draft.text.split("\f")
    pages = [(page.number, source.text[page.start : page.end]) for page in source.pages]
    if len(clean) != len(pages):
        yield record(source.name, "document", source.text, result.draft.text)
        return
    for (number, read), text in zip(pages, clean, strict=True):
        yield record(f"{source.name}-{number:04d}", "page", read, text.removesuffix("\n"), source.name)


def record(name: str, scope: str, read: str, repaired: str, dataset: str = "") -> dict[str, Any]:
    """What stood there before and after; `name` is the same whenever the document is made again."""
    about = {"primary_dataset_name": dataset or name, **dict.fromkeys(UNKNOWN, "")}
    about |= {"document_type": "", "document_id": name, "language": "", "transcription_unit_scope": scope}
    return {
        "document_metadata": about,
        "ocr_hypothesis": measured(read),
        "ocr_postcorrection_output": {"ocr_postcorrection_system": f"Errata {__version__}", **measured(repaired)},
    }


def measured(text: str) -> dict[str, Any]:
    return {"transcription_unit": text, "num_tokens": len(text.split()), "num_chars": len(text)}
