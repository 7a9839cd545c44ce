"""Pages that lie in files of their own, truth or result of any program: text, hOCR, ALTO or PAGE-XML, known by their names."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from pipeline.errors import UnreadableInput
from pipeline.evaluate.judged import JudgedText
from pipeline.model import Page
from pipeline.sources.files import is_markup, marked_up_pages
from pipeline.sources.markup import MARKUP_SUFFIXES
from pipeline.sources.text import check_is_text, decode, read_bytes

ENDINGS = MARKUP_SUFFIXES | {".txt", ".gt"}
"""What a page's name is without: `0001.gt.txt`, `0001.alto.xml` and `0001.hocr.gz` are all page 0001."""
ADVICE = "Pages are .txt files, or hOCR, ALTO or PAGE-XML"


def file_name(path: Path) -> str:
    """The name of the page that a file holds."""
    name = path.name
    while (ending := Path(name).suffix.casefold()) in ENDINGS:
        name = name[: -len(ending)]
    return name


def page_files(path: Path, *, truth: bool = False) -> dict[str, Path]:
    """The pages in a folder by name: its texts, or else its hOCR, ALTO and PAGE files; or the one file. Of `a.txt` and
    `a.gt.txt` the former, or, for a `truth`, only the latter. Raises UnreadableInput where there is no such place."""
    if path.is_file():
        return {file_name(path): path}
    if not path.is_dir():
        raise UnreadableInput("no such folder or file", where=path)
    files = sorted(file for file in path.iterdir() if file.is_file() and not file.name.startswith("."))
    marked = [file for file in files if ".gt." in file.name]
    files = marked if truth and marked else sorted(files, key=lambda file: file not in marked)
    texts = [file for file in files if file.suffix.casefold() == ".txt"]
    return {file_name(file): file for file in texts or files if file.suffix.casefold() in ENDINGS}


def page_of_file(path: Path) -> JudgedText:
    """The text of a file, all its pages one after the other, and how sure its program was of each word, as far as it said.

    A page without any text is sound. Raises UnreadableInput for what is missing, broken, an image.
    """
    data = read_bytes(path)
    if data.strip() and is_markup(data, path):
        return judged_text(list(marked_up_pages(data, path, None)))
    if data.strip():
        check_is_text(data, str(path))
    return JudgedText(plain(data))


def plain(data: bytes) -> str:
    """The characters of a text, as they are; bytes that are not UTF-8 are read as `errata clean` would read them."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return decode(data)[0]


def judged_text(pages: list[tuple[str, Page]]) -> JudgedText:
    """Pages, each in coordinates of its own, as one text. A word (a run without white space) is as sure as its least sure part;
    NaN stands for one of which nothing was said, and a program that is equally sure of all has said nothing."""
    text = "\n".join(text for text, _ in pages)
    values = np.full(len(text) + 1, np.nan)
    at = 0
    for page_text, page in pages:
        for word in (word for line in page.lines for word in line.words):
            if word.confidence is not None:
                values[at + word.start : at + word.end] = 1 - word.confidence
        at += len(page_text) + 1
    runs = [values[match.start() : match.end()] for match in re.finditer(r"\S+", text)]
    chance = np.array([np.nan if np.isnan(run).all() else np.nanmax(run) for run in runs])
    return JudgedText(text, chance if len(np.unique(chance[~np.isnan(chance)])) > 1 else None)
