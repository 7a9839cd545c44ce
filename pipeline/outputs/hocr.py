"""pages/NNNN.hocr: the repaired words at their places on the original scan.

Standard: hOCR 1.2 (http://kba.github.io/hocr-spec/1.2/), as XHTML.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath

from pipeline import __version__
from pipeline.model import Box, Page
from pipeline.ocr import regions
from pipeline.outputs.blocks import areas, around, paragraphs
from pipeline.outputs.lines import PlacedLine, PlacedWord
from pipeline.outputs.xml import escaped, quoted

CAPABILITIES = (
    "ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrp_wconf "
    "ocr_pageno ocr_header ocr_footer ocr_footnote ocr_textfloat ocr_caption"
)
CLASSES: Mapping[str, str] = {**{str(region): name for region, name in regions.CLASSES.items()}, "catch-word": "ocr_footer"}
"""hOCR classes of lines that are no part of the body."""
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


def hocr_page(page: Page, lines: Sequence[PlacedLine]) -> str:
    """One page; boxes are in pixels of the original scan, `ppageno` counts from 0. `x_wconf` (0-100) is the confidence of
    the OCR, as the standard has it. A word that a line's end breaks has a soft hyphen there, also by the standard."""
    assert page.scan is not None
    name = PurePath(page.scan.path.replace("\\", "/")).name
    shown_name = name.replace("\\", "\\\\").replace('"', '\\"')
    image = f'image "{shown_name}"; ' if name else ""
    title = f"{image}bbox 0 0 {page.scan.width} {page.scan.height}; ppageno {page.number - 1}"
    head = HEAD.format(title=escaped(name), version=__version__, capabilities=CAPABILITIES)
    body = "".join(page_areas(page.number, lines))
    opening = f'  <div class="ocr_page" id="page_{page.number}" title="{quoted(title)}">\n'
    return f"{head}{opening}{body}  </div>\n </body>\n</html>\n"


def page_areas(number: int, lines: Sequence[PlacedLine]) -> Iterator[str]:
    """Runs of lines of one kind, each an area; paragraphs within them."""
    words = 0
    for count, area in enumerate(areas(lines), 1):
        yield f'   <div class="ocr_carea" id="block_{number}_{count}" title="{shown(around(area))}">\n'
        for at, paragraph in enumerate(paragraphs(area), 1):
            yield f'    <p class="ocr_par" id="par_{number}_{count}_{at}" title="{shown(around(paragraph))}">\n'
            for line in paragraph:
                yield f'     <span class="{CLASSES.get(line.role, "ocr_line")}" id="{line.name}" title="{shown(line.box)}">'
                if any(word.own for word in line.words):
                    yield " ".join(word_span(number, words + i, word) for i, word in enumerate(line.words, 1))
                else:  # only the line has a place, and boxes of words would be made up
                    yield " ".join(escaped(word.printed) for word in line.words)
                yield "</span>\n"
                words += len(line.words)
            yield "    </p>\n"
        yield "   </div>\n"


def word_span(number: int, count: int, word: PlacedWord) -> str:
    title = shown(word.box) + ("" if word.confidence is None else f"; x_wconf {round(100 * word.confidence)}")
    return f'<span class="ocrx_word" id="word_{number}_{count}" title="{title}">{escaped(word.printed)}</span>'


def shown(box: Box) -> str:
    return f"bbox {box.left} {box.top} {box.right} {box.bottom}"
