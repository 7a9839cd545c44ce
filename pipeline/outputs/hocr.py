"""pages/NNNN.hocr: the repaired words at their places on the original scan.

Standard: hOCR 1.2 (http://kba.github.io/hocr-spec/1.2/), as XHTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import PurePath

from pipeline import __version__
from pipeline.model import Box, Page
from pipeline.outputs.placed import PlacedLine, Placer
from pipeline.result import Result

CAPABILITIES = (
    "ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrp_wconf "
    "ocr_pageno ocr_header ocr_footer ocr_footnote ocr_textfloat ocr_caption"
)
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
 <head>
  <title>{title}</title>
  <meta http-equiv="Content-Type" content="text/html;charset=utf-8" />
  <meta name="ocr-system" content="Errata {version}" />
  <meta name="ocr-capabilities" content="{capabilities}" />
 </head>
 <body>
"""


def hocr_pages(result: Result) -> Iterator[tuple[int, str]]:
    """(page number, hOCR) of every page that has a scan."""
    placer = Placer(result)
    for at, page in enumerate(result.source.pages):
        if page.scan is not None:
            yield page.number, hocr_page(page, placer.lines(at))


def hocr_page(page: Page, lines: Sequence[PlacedLine]) -> str:
    """One page; boxes are in pixels of the original scan, `x_wconf` is 0-100, `ppageno` counts from 0."""
    assert page.scan is not None
    name = PurePath(page.scan.path.replace("\\", "/")).name
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    image = f'image "{quoted}"; ' if name else ""
    title = f"{image}bbox 0 0 {page.scan.width} {page.scan.height}; ppageno {page.number - 1}"
    head = HEAD.format(title=text(name), version=__version__, capabilities=CAPABILITIES)
    body = "".join(areas(page.number, lines))
    opening = f'  <div class="ocr_page" id="page_{page.number}" title="{text(title)}">\n'
    return f"{head}{opening}{body}  </div>\n </body>\n</html>\n"


def areas(number: int, lines: Sequence[PlacedLine]) -> Iterator[str]:
    """Runs of lines of one kind, each an area; paragraphs within them."""
    words = 0
    for count, area in enumerate(split(lines, by_kind=True), 1):
        yield f'   <div class="ocr_carea" id="block_{number}_{count}" title="{bbox(area)}">\n'
        for at, paragraph in enumerate(split(area, by_kind=False), 1):
            yield f'    <p class="ocr_par" id="par_{number}_{count}_{at}" title="{bbox(paragraph)}">\n'
            for line in paragraph:
                yield f'     <span class="{line.kind}" title="{shown(line.box)}">'
                if any(word.own for word in line.words):
                    yield " ".join(word_span(number, words + i, word_at) for i, word_at in enumerate(line_words(line), 1))
                else:  # only the line has a place, and boxes of words would be made up
                    yield " ".join(text(word.text) for word in line.words)
                yield "</span>\n"
                words += len(line.words)
            yield "    </p>\n"
        yield "   </div>\n"


def split(lines: Sequence[PlacedLine], *, by_kind: bool) -> Iterator[list[PlacedLine]]:
    """Runs of lines of the same kind, or paragraphs."""
    run: list[PlacedLine] = []
    for line in lines:
        if run and (line.kind != run[-1].kind if by_kind else line.begins):
            yield run
            run = []
        run.append(line)
    if run:
        yield run


def line_words(line: PlacedLine) -> Iterator[tuple[str, str]]:
    """(title, text) of each word."""
    for word in line.words:
        confidence = "" if word.confidence is None else f"; x_wconf {round(100 * word.confidence)}"
        yield shown(word.box) + confidence, word.text


def word_span(number: int, count: int, word: tuple[str, str]) -> str:
    return f'<span class="ocrx_word" id="word_{number}_{count}" title="{word[0]}">{text(word[1])}</span>'


def bbox(lines: Sequence[PlacedLine]) -> str:
    box = lines[0].box
    for line in lines[1:]:
        box = box.union(line.box)
    return shown(box)


def shown(box: Box) -> str:
    return f"bbox {box.left} {box.top} {box.right} {box.bottom}"


def text(value: str) -> str:
    """Escaped for XML; what XML cannot hold becomes U+FFFD."""
    return escape(NOT_XML.sub("\N{REPLACEMENT CHARACTER}", value))
