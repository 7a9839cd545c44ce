"""What stands in result folders: the texts before and after repair, as a whole and page by page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import UnreadableInput
from pipeline.evaluate.hocr_text import read_hocr
from pipeline.outputs.edits import read_ledger


@dataclass(frozen=True, slots=True)
class DocumentTexts:
    """One document: its name, all its text before and after, and the same for pages known by the name of their scan."""

    name: str
    before: str
    after: str
    pages: dict[str, tuple[str, str]]


def document_folders(out: Path) -> list[Path]:
    """`out` itself if it is a document, or every document below it. Raises UnreadableInput if there is none."""
    found = [out] if (out / "text.txt").is_file() else sorted(path.parent for path in out.rglob("text.txt"))
    if not found:
        raise UnreadableInput("no finished documents", where=out, advice="Name a folder that errata wrote")
    return found


def read_document(folder: Path) -> DocumentTexts:
    """The texts of a document's folder. What stood before is had by undoing the ledger."""
    after = (folder / "text.txt").read_bytes().decode("utf-8", "surrogatepass")
    before = read_ledger(folder / "edits.jsonl").undo(after)
    pages: dict[str, tuple[str, str]] = {}
    raw = before.split("\f")
    for at, path in enumerate(sorted((folder / "pages").glob("*.hocr"))):
        page = read_hocr(path)
        first, clean = pages.get(page.stem, ("", ""))  # the left page of an opening bears the same name
        pages[page.stem] = (first + (raw[at] if at < len(raw) else ""), clean + page.text)
    return DocumentTexts(folder.name, before, after, pages)


def page_texts(out: Path, names: set[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Texts before and after by page name: by the scan's name, by the document's, or NAME.txt files of any program."""
    if not out.is_dir():
        raise UnreadableInput("no such folder", where=out)
    if not any(out.rglob("text.txt")):
        plain = {path.stem.removesuffix(".gt"): read_plain(path) for path in sorted(out.glob("*.txt"))}
        return {}, plain
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    for document in map(read_document, document_folders(out)):
        for name, (raw, clean) in named_pages(document, names):
            before[name], after[name] = raw, clean
    return before, after


def named_pages(document: DocumentTexts, names: set[str]) -> Iterator[tuple[str, tuple[str, str]]]:
    found = {name: texts for name, texts in document.pages.items() if name in names}
    if found:
        yield from found.items()
    elif document.name in names:
        whole = "\n".join(text for _, text in document.pages.values())
        yield document.name, (document.before, whole or document.after)


def read_plain(path: Path) -> str:
    return path.read_bytes().decode("utf-8-sig", "replace")
