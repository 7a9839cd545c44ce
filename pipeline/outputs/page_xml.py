"""page/NNNN.xml: the repaired words at their places on the original scan, and beside them what was read.

Standard: PAGE-XML of 2019-07-15 (https://github.com/PRImA-Research-Lab/PAGE-XML).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from pathlib import PurePath

from pipeline import __version__
from pipeline.model import Box, Page
from pipeline.outputs.blocks import around, blocks
from pipeline.outputs.dates import timestamp
from pipeline.outputs.lines import PlacedLine, PlacedWord
from pipeline.outputs.suggested import Suggestions
from pipeline.outputs.xml import DECLARATION, attributes, escaped

SPACE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
TYPES: Mapping[str, str] = {
    "heading": "heading",
    "header": "header",
    "footer": "footer",
    "page-number": "page-number",
    "catch-word": "catch-word",
    "footnote": "footnote",
    "margin": "marginalia",
    "caption": "caption",
}
"""Types of regions that are no part of the body; others are noted in `custom`, as Transkribus and eScriptorium do."""


def page_xml(page: Page, lines: Sequence[PlacedLine], suggestions: Suggestions) -> str:
    """One page. Of the readings of a line or word the first (index 0) is the repaired one, its `conf` the probability (0-1) that
    it is right; the second (1) is what the OCR read, with the OCR's confidence, which words have only where the two differ.
    What else was read there, or only suggested, follows."""
    assert page.scan is not None
    name = PurePath(page.scan.path.replace("\\", "/")).name
    image = attributes(imageFilename=name or "unknown", imageWidth=page.scan.width, imageHeight=page.scan.height)
    regions = list(blocks(lines))
    names = [f"region_{page.number:04d}_{count:03d}" for count in range(1, len(regions) + 1)]
    order = "".join(f'    <RegionRefIndexed index="{at}" regionRef="{name}"/>\n' for at, name in enumerate(names))
    ordered = f'  <ReadingOrder>\n   <OrderedGroup id="order">\n{order}   </OrderedGroup>\n  </ReadingOrder>\n' if order else ""
    body = "".join("".join(text_region(name, region, suggestions)) for name, region in zip(names, regions, strict=True))
    return f'{DECLARATION}<PcGts xmlns="{SPACE}">\n{metadata()} <Page{image}>\n{ordered}{body} </Page>\n</PcGts>\n'


def metadata() -> str:
    """Who made the file. The standard wants a date; the same input gives the same file, so it is no real one."""
    when = timestamp()
    step = attributes(type="processingStep", name="post-correction", value=f"Errata {__version__}")
    return (
        f" <Metadata>\n  <Creator>Errata {__version__}</Creator>\n  <Created>{when}</Created>\n"
        f"  <LastChange>{when}</LastChange>\n  <MetadataItem{step}/>\n </Metadata>\n"
    )


def text_region(name: str, lines: Sequence[PlacedLine], suggestions: Suggestions) -> Iterator[str]:
    kind = TYPES.get(lines[0].role, "paragraph" if not lines[0].role else "other")
    own = f"structure {{type:{lines[0].role};}}" if kind == "other" else ""
    yield f"  <TextRegion{attributes(id=name, custom=own, type=kind)}>\n   {coords(around(lines))}\n"
    for line in lines:
        yield f'   <TextLine id="{line.name}">\n    {coords(line.box)}\n'
        for count, word in enumerate(line.words, 1):
            if word.own:  # boxes of words that were read as a whole line would be made up
                yield from word_element(f"{line.name}_w{count:03d}", word, suggestions)
        known = [word.probability for word in line.words if word.probability is not None]
        sure = prod(known) if len(known) == len(line.words) else None
        read, doubt = raw(line, suggestions.text)
        yield reading(0, " ".join(word.printed for word in line.words), sure, 4)
        yield reading(1, read, doubt, 4, comments="read by the OCR") + "   </TextLine>\n"
    text = "\n".join(" ".join(word.printed for word in line.words) for line in lines)
    yield reading(0, text, None, 3) + "  </TextRegion>\n"


def raw(line: PlacedLine, source: str) -> tuple[str, float | None]:
    """What the OCR read on a line, and how sure it was of its least sure word."""
    confidences = [word.confidence for word in line.words if word.confidence is not None]
    low = min(word.low for word in line.words)
    begin = source.rfind("\n", 0, low) + 1
    end = source.find("\n", low)
    return source[begin : end if end >= 0 else len(source)].strip("\f "), min(confidences, default=None)


def word_element(name: str, word: PlacedWord, suggestions: Suggestions) -> Iterator[str]:
    yield f'    <Word id="{name}">\n     {coords(word.box)}\n'
    yield reading(0, word.printed, word.probability, 5)
    read = suggestions.text[word.low : word.high]
    found: dict[str, tuple[float | None, str]] = {} if read == word.text else {read: (word.confidence, "read by the OCR")}
    for other, edit in suggestions.readings(word.low, word.high) if read == word.text else ():
        found[other] = edit.probability, f"suggested: {edit.rule}"
    for other in word.others:
        found.setdefault(other, (None, "another reading of the image"))
    found.pop(word.text, None)
    for index, (text, (sure, comments)) in enumerate(found.items(), 1):
        yield reading(index, text, sure, 5, comments)
    yield "    </Word>\n"


def reading(index: int, text: str, sure: float | None, depth: int, comments: str = "") -> str:
    given = attributes(index=index, conf=None if sure is None else f"{sure:.4f}", comments=comments)
    return f"{' ' * depth}<TextEquiv{given}><Unicode>{escaped(text)}</Unicode></TextEquiv>\n"


def coords(box: Box) -> str:
    """The corners, clockwise from the upper left."""
    return f'<Coords points="{box.left},{box.top} {box.right},{box.top} {box.right},{box.bottom} {box.left},{box.bottom}"/>'
