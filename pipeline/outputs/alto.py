"""alto/NNNN.xml: the repaired words at their places on the original scan.

Standard: ALTO 4.4 (https://www.loc.gov/standards/alto/).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath

from rapidfuzz.distance import Levenshtein

from pipeline import __version__
from pipeline.model import Box, Page
from pipeline.outputs.blocks import areas, around, paragraphs
from pipeline.outputs.lines import SOFT_HYPHEN, PlacedLine, PlacedWord
from pipeline.outputs.suggested import Suggestions
from pipeline.outputs.xml import DECLARATION, attributes, escaped

SPACE = "http://www.loc.gov/standards/alto/ns-v4#"
ROLES: Mapping[str, str] = {
    "heading": "a heading",
    "header": "what runs on from page to page at its head",
    "footer": "what runs on from page to page at its foot",
    "page-number": "the number of the page",
    "catch-word": "the first word of the next page",
    "footnote": "a note at the foot of the page",
    "margin": "a note beside the text",
    "stamp": "what was stamped on the page",
    "scrawl": "a hand, a scratch, or a stamp that cannot be read",
    "caption": "the caption of a picture",
}
"""Parts of a page, as tags."""


def alto_page(
    page: Page, lines: Sequence[PlacedLine], suggestions: Suggestions, folio: str = "", sure: float | None = None
) -> str:
    """One page. Boxes are in pixels of the original scan; `WC` is the probability (0-1) that a word is right, `PC`, from `sure`,
    the share of the page's words that are. What the OCR read, and what was only suggested, are alternatives; `folio` is the
    number printed on the page. `CC` tells which characters of a word are doubted; see `doubts`."""
    assert page.scan is not None
    side = page.label.rpartition(", ")[2]
    whole = attributes(
        ID=f"page_{page.number:04d}",
        PHYSICAL_IMG_NR=page.number,
        PRINTED_IMG_NR=folio,
        WIDTH=page.scan.width,
        HEIGHT=page.scan.height,
        POSITION=side.capitalize() if side in ("left", "right") else "",
        PC=None if sure is None else f"{sure:.4f}",
        PROCESSINGREFS="processing_errata",
    )
    space = attributes(HPOS=0, VPOS=0, WIDTH=page.scan.width, HEIGHT=page.scan.height)
    return (
        f'{DECLARATION}<alto xmlns="{SPACE}" SCHEMAVERSION="4.4">\n{description(page)}{tags(lines)}'
        f" <Layout>\n  <Page{whole}>\n   <PrintSpace{space}>\n"
        + "".join(text_blocks(page.number, lines, suggestions))
        + "   </PrintSpace>\n  </Page>\n </Layout>\n</alto>\n"
    )


def description(page: Page) -> str:
    """Units, the scan, and what was done to its text."""
    assert page.scan is not None
    name = escaped(PurePath(page.scan.path.replace("\\", "/")).name)
    step = "what was read is repaired; every change stands in edits.jsonl with its reason and its probability"
    return (
        " <Description>\n  <MeasurementUnit>pixel</MeasurementUnit>\n"
        f"  <sourceImageInformation>\n   <fileName>{name}</fileName>\n  </sourceImageInformation>\n"
        '  <Processing ID="processing_errata">\n   <processingCategory>contentModification</processingCategory>\n'
        f"   <processingStepDescription>{step}</processingStepDescription>\n"
        "   <processingSoftware>\n    <softwareName>Errata</softwareName>\n"
        f"    <softwareVersion>{__version__}</softwareVersion>\n   </processingSoftware>\n  </Processing>\n </Description>\n"
    )


def tags(lines: Sequence[PlacedLine]) -> str:
    """The parts of the page that are not its body."""
    roles = sorted({line.role for line in lines if line.role})
    shown = (attributes(ID=f"role_{role}", LABEL=role, DESCRIPTION=ROLES.get(role, role)) for role in roles)
    rows = "".join(f"  <RoleTag{tag}/>\n" for tag in shown)
    return f" <Tags>\n{rows} </Tags>\n" if rows else ""


def text_blocks(page: int, lines: Sequence[PlacedLine], suggestions: Suggestions) -> Iterator[str]:
    """The parts of the page, each with its paragraphs."""
    count = 0
    for at, area in enumerate(areas(lines), 1):
        tagged = attributes(TAGREFS=f"role_{area[0].role}" if area[0].role else "")
        yield f"    <ComposedBlock{attributes(ID=f'area_{page:04d}_{at:03d}')}{tagged}{place(around(area))}>\n"
        for block in paragraphs(area):
            count += 1
            yield f"     <TextBlock{attributes(ID=f'block_{page:04d}_{count:03d}')}{tagged}{place(around(block))}>\n"
            for line in block:
                yield f"      <TextLine{attributes(ID=line.name)}{place(line.box)}>\n"
                yield from strings(line, suggestions)
                yield "      </TextLine>\n"
            yield "     </TextBlock>\n"
        yield "    </ComposedBlock>\n"


def strings(line: PlacedLine, suggestions: Suggestions) -> Iterator[str]:
    """The words of a line with the spaces between them, and the hyphen at its end."""
    last = line.words[-1]
    for count, word in enumerate(line.words, 1):
        if count > 1:
            yield space(line.words[count - 2], word)
        yield string(f"{line.name}_w{count:03d}", word, suggestions, hyphened=word is last)
    if last.whole and not last.rest:
        shown = "-" if last.text.endswith("-") else SOFT_HYPHEN
        yield f"       <HYP{attributes(CONTENT=shown)}{place(last.hyphen)}/>\n"


def space(one: PlacedWord, other: PlacedWord) -> str:
    if not (one.own and other.own):
        return "       <SP/>\n"
    width = max(0, other.box.left - one.box.right)
    return f"       <SP{attributes(HPOS=one.box.right, VPOS=one.box.top, WIDTH=width)}/>\n"


def string(name: str, word: PlacedWord, suggestions: Suggestions, *, hyphened: bool) -> str:
    """A word; one that a line's end breaks has what it is with its other part in SUBS_CONTENT, and its hyphen, if it is the last
    of its line, in an element of its own."""
    first = hyphened and bool(word.whole) and not word.rest
    shown = word.text.removesuffix("-") if first else word.text
    found = alternatives(word, suggestions)
    given = attributes(
        ID=name,
        CONTENT=shown,
        SUBS_TYPE="HypPart2" if word.rest else "HypPart1" if word.whole else "",
        SUBS_CONTENT=word.whole,
        WC=None if word.probability is None else f"{word.probability:.4f}",
        CC=None if word.probability is None else doubts(shown, 1 - word.probability, found),
    )
    others = "".join(
        f"        <ALTERNATIVE{attributes(PURPOSE=purpose)}>{escaped(reading)}</ALTERNATIVE>\n"
        for reading, purpose in found.items()
    )
    own = place(word.bare if first else word.box) if word.own else ""
    return f"       <String{given}{own}" + (f">\n{others}       </String>\n" if others else "/>\n")


def alternatives(word: PlacedWord, suggestions: Suggestions) -> dict[str, str]:
    """What the OCR read in the place of a repaired word, what other readings of the image have, and what was suggested; each with
    its purpose."""
    read = suggestions.text[word.low : word.high]
    found = {} if read == word.text else {read: "read by the OCR"}
    for reading, edit in suggestions.readings(word.low, word.high) if read == word.text else ():
        found[reading] = f"suggested, probability {edit.probability:.2f}: {edit.rule}"
    for other in word.others:
        found.setdefault(other, "another reading of the image")
    found.pop(word.text, None)
    return found


def doubts(text: str, wrong: float, others: Iterable[str]) -> str:
    """How far each character is doubted, from 0 (sure) to 9, of a word that is `wrong` with that probability (0-1): those that
    other readings have not as much as the word; where none is disputed, so much each that the word comes to it."""
    disputed: set[int] = set()
    for other in others:
        changes = Levenshtein.opcodes(text, other)
        disputed |= {at for change in changes if change.tag != "equal" for at in range(change.src_start, change.src_end)}
    each = wrong if disputed else 1 - (1 - wrong) ** (1 / max(1, len(text)))
    mark = str(min(9, round(9 * each)))
    return "".join(mark if at in disputed or not disputed else "0" for at in range(len(text)))


def place(box: Box | None) -> str:
    if box is None:
        return ""
    return attributes(HPOS=box.left, VPOS=box.top, WIDTH=box.right - box.left, HEIGHT=box.bottom - box.top)
