"""The words of hOCR pages, ours or another program's, in reading order."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from pathlib import Path

from lxml import etree, html

from pipeline.errors import InvalidRecord

LINES = frozenset(
    {"ocr_line", "ocr_header", "ocr_footer", "ocr_caption", "ocr_textfloat", "ocr_pageno", "ocr_footnote", "ocrx_line"}
)
IMAGE = re.compile(r"""image\s+(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s;]+))""")


@dataclass(frozen=True, slots=True)
class HocrPage:
    """One page: the scan that its title names ('' if none), and its text, a line a line."""

    image: str
    text: str

    @property
    def stem(self) -> str:
        """The scan's file name without folder and ending."""
        return Path(self.image.replace("\\", "/")).stem


def read_hocr(path: Path) -> HocrPage:
    """The first page of a file, which may be gzipped. Raises InvalidRecord for what is not hOCR."""
    data = path.read_bytes()
    try:
        tree = html.fromstring(gzip.decompress(data) if path.suffix == ".gz" else data)
    except (OSError, etree.LxmlError, ValueError) as error:
        raise InvalidRecord("not hOCR", where=path) from error
    pages = [node for node in tree.iter() if "ocr_page" in classes(node)]
    title = pages[0].get("title", "") if pages else ""
    image = IMAGE.search(title)
    name = next((g for g in image.groups() if g), "") if image else ""
    lines = [" ".join(words) for words in line_words(tree) if words]
    return HocrPage(re.sub(r"\\(.)", r"\1", name), "\n".join(lines) + "\n")


def classes(node: html.HtmlElement) -> set[str]:
    return set((node.get("class") or "").split())


def line_words(tree: html.HtmlElement) -> list[list[str]]:
    """The words of each outermost line, in the order of the file; where they have no places the line's text tells them."""
    rows: list[list[str]] = []
    seen: set[html.HtmlElement] = set()
    for node in tree.iter():
        if not isinstance(node.tag, str) or not classes(node) & LINES or any(above in seen for above in node.iterancestors()):
            continue
        seen.add(node)
        words = [word.text_content().strip() for word in node.iter() if "ocrx_word" in classes(word)]
        rows.append(words or node.text_content().split())
    return rows
