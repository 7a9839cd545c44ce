"""What programs call the parts of a page, and which parts those are: types of PAGE, tags of ALTO, classes of hOCR."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from lxml import etree

from pipeline.model import REGIONS, Region
from pipeline.ocr.regions import CLASSES

ROLES: Mapping[str, Region] = {
    # PAGE: the types of a TextRegion (and Transkribus, which notes them in `custom`)
    "heading": "heading",
    "header": "header",
    "footer": "footer",
    "pagenumber": "page-number",
    "signaturemark": "footer",
    "catchword": "footer",
    "marginalia": "margin",
    "footnote": "footnote",
    "footnotecontinued": "footnote",
    "caption": "caption",
    # SegmOnto, the vocabulary of eScriptorium: https://segmonto.github.io
    "marginzone": "margin",
    "margintextzone": "margin",
    "numberingzone": "page-number",
    "runningtitlezone": "header",
    "quiremarkszone": "footer",
    "stampzone": "stamp",
    "sealzone": "stamp",
    "titlepagezone": "heading",
    "headingline": "heading",
    # ALTO: the sections of a page
    "topmargin": "header",
    "bottommargin": "footer",
    "leftmargin": "margin",
    "rightmargin": "margin",
    # and what others write as labels or types
    "marginalnote": "margin",
    "margin": "margin",
    "stamp": "stamp",
    "runninghead": "header",
    "runningheader": "header",
    "runningtitle": "header",
    "headline": "heading",
    "title": "heading",
    "pageheader": "header",
    "pagefooter": "footer",
    "figurecaption": "caption",
}
MEANT: Mapping[str, Region] = {**{name: region for region, name in CLASSES.items()}, "ocr_textfloat": "margin"}
"""Classes of hOCR: https://kba.github.io/hocr-spec/1.2/. Those of Tesseract mean other things: its header is a heading that
spans columns, its float a block that stands across them."""

NOTED_TYPE = re.compile(r"\bstructure\s*\{[^}]*\btype\s*:\s*([^;}]*)")
"""Where Transkribus and eScriptorium note a type: custom="structure {type:marginalia;}"."""


NOTED_REGION = re.compile(r"\bx_region ([a-z-]+)")


def role(names: Iterable[str | None]) -> Region:
    """The part of the page that the first known of some names stands for; a further distinction behind `:` or `#` is left out."""
    for name in names:
        bare = re.sub(r"[^a-z]", "", re.split(r"[:#]", name or "")[0].casefold())
        if found := ROLES.get(bare):
            return found
    return ""


def noted_type(custom: str | None) -> str:
    """The type that is noted in an element's `custom`; empty for none."""
    found = NOTED_TYPE.search(custom or "")
    return found[1].strip() if found else ""


def title_of(element: etree._Element) -> str:
    """The title of an element of hOCR, which holds its properties."""
    return element.get("title") or ""


def classes(element: etree._Element) -> set[str]:
    return set((element.get("class") or "").split())


def region_of(line: etree._Element) -> Region:
    """The part of the page that a line of hOCR is, by its classes, else by those of what it lies in, from the inside."""
    names = (name for element in (line, *line.iterancestors(etree.Element)) for name in sorted(classes(element)))
    return next((found for name in names if (found := MEANT.get(name))), "")


def noted_region(title: str) -> Region:
    """The region that Errata notes in the title of a line."""
    found = NOTED_REGION.search(title)
    return next((region for region in REGIONS if found and region == found[1]), "")
