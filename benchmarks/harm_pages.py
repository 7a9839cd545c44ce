"""Pages of our own for the table of harm: typescript from scans/, and a printed book that never was. All prose is our own."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from benchmarks.figures import ROOT

Gray = NDArray[np.uint8]

PRINT = (
    """
[12]
A JOURNEY TO THE NORTHERN PORTS.

We left the capital on a wet evening in the first week of September, by the slow train, for no other would carry our boxes of
instruments. The compartment was lighted by a single candle in a lantern above the door; my companion, who could read by
anything, read; I watched the birches go by. At every halt an old woman came to the window with mushrooms and sour milk, and
at every halt the guard assured us that the bridge beyond had been mended since the spring.

"It has been mended three times," said the engineer from Vologda, who had got in at dusk, "and it has fallen four. You will
allow that the contractor is a man of principle." He laughed at this until he coughed. He was going to the coast to value the
timber of a company which, he told us, owned two hundred saw-mills on paper and seven in the forest. The directors' reports
he carried in a pillow-case.

Towards morning the rain ceased. We had come down out of the hills, and the river lay beside the line, a mile broad and the
colour of slate, with rafts upon it as long as streets. Each had its hut and its curl of smoke; upon one a child in a red
shawl was driving geese. "That is Number 41," the engineer remarked, looking at his list, "which was lost with all hands in
July. I shall make a note of it."

We reached the port at a quarter past nine, twenty-six hours late. The Consul's man was there with two carts. He had met every
train since Tuesday, and had won eleven roubles at cards from the station-master; he seemed sorry that we had arrived.
""",
    """
OF THE TOWN AND ITS TRADE.
[13]

The town stands upon a tongue of sand between the river and a shallow bay. It was founded by monks, burnt by the Swedes, and
built again by the Admiralty upon a plan so regular that a stranger may lose himself in it within five minutes. The streets
are named after the letters of the alphabet; but the painter who was to have put up the boards died when he had come to the
letter F, and the rest are known by the houses of the principal merchants.

Of the trade it is difficult to speak with confidence. The customs books for 1887 give the export of flax as 9,412 tons, and
those for the following year as 19,421; when I asked the reason of so remarkable an increase, I was told that a new clerk had
been appointed. Tar, pitch, and deals are shipped to Hull and to Bremen from the middle of May until the ice comes, which is
commonly about the 20th of October. In the winter nothing is done, and the best society plays whist.

The foreign merchants, of whom there are perhaps thirty families, have a church, a burying-ground, and a library of four
hundred volumes. They complain of the harbour dues, of the pilots, and of one another. "You must not believe what Mr. Hatton
tells you of the fire," I was warned by three persons upon my first evening; and Mr. Hatton, when I met him, began at once:
"They'll have told you not to believe me." I never learnt what there was to be believed.

Yet I have seldom been used with greater kindness. My cough, which I had brought from the train, was treated by the whole
settlement in turn, and yielded at last to a plaster of honey and mustard, or perhaps to the change in the weather.
""",
)
"""Paragraphs parted by blank lines; `[12]` is a page number, a line without a full sentence in capitals a heading."""

SERIFS = ("LiberationSerif-Regular.ttf", "DejaVuSerif.ttf")
PRINT_DPI, PRINT_WIDTH, PRINT_HEIGHT = 300, 1560, 2240
MEASURE, LEADING, MARGIN = 1240, 56, 160
"""Pixels: width of a line, from line to line, and on each side."""


@dataclass(frozen=True, slots=True)
class CleanPage:
    """A page in good state, what it says, and at how many dots per inch it was made."""

    name: str
    image: Gray
    truth: str
    dpi: int


def own_pages() -> Iterator[CleanPage]:
    """Two typed and two printed pages, as a good scanner gives them."""
    spec = importlib.util.spec_from_file_location("make_samples", ROOT / "scans" / "make_samples.py")
    assert spec is not None and spec.loader is not None
    samples = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(samples)
    for number in (1, 3):
        truth = (ROOT / "scans" / "sample" / f"page-{number}.gt.txt").read_text(encoding="utf-8")
        typed = samples.render(truth.rstrip("\n"), number)
        yield CleanPage(f"typed_{number}", samples.degrade(typed, number, noise=2.0), truth, samples.DPI)
    for number, text in enumerate(PRINT, 1):
        image, truth = printed(text, typeface(46))
        yield CleanPage(f"print_{number}", samples.degrade(image, number, noise=2.0), truth, PRINT_DPI)


def shared_pages(folder: Path) -> Iterator[CleanPage]:
    """A few real scans in good state, where the shared collections are."""
    for name, dpi in SHARED.items():
        found = sorted(path for path in folder.glob(f"{name}.*") if path.suffix != ".txt")
        if found:
            truth = (folder / f"{name}.gt.txt").read_text(encoding="utf-8")
            yield CleanPage(name, np.array(Image.open(found[0]).convert("L"), np.uint8), truth, dpi)


SHARED = {"oldbooks_a020": 300, "oldbooks_g021": 300, "ehri_DR-19430127-US_02": 300, "ehri_DR-19390519-US_03": 250}
"""Pages that plain Tesseract reads well."""


def typeface(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The first of SERIFS that this machine has, or Pillow's own."""
    for name in SERIFS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


def printed(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> tuple[Gray, str]:
    """A page of a book with even margins, and its text line by line. uint8, height x width."""
    sheet = Image.new("L", (PRINT_WIDTH, PRINT_HEIGHT), 255)
    draw = ImageDraw.Draw(sheet)
    lines: list[str] = []
    y = 150
    for block in text.strip().split("\n\n"):
        head = [line.strip("[]") for line in block.split("\n") if line.startswith("[") or line.isupper()]
        for line in head:
            draw.text((PRINT_WIDTH / 2, y), line, fill=30, font=font, anchor="ms")
            y += LEADING
        body = [] if head else wrapped(block.split(), font)
        for place, words in enumerate(body):
            typeset(draw, words, y, font, indent=60 * (place == 0), last=place == len(body) - 1)
            y += LEADING
        lines += [*head, *(" ".join(words) for words in body)]
        y += LEADING // 2 if head else 0
    return np.array(sheet, np.uint8), "\n".join(lines) + "\n"


def wrapped(words: list[str], font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> list[list[str]]:
    """Words in lines of at most MEASURE, the first a little shorter for its indent."""
    lines: list[list[str]] = [[]]
    for word in words:
        room = MEASURE - (60 if len(lines) == 1 else 0)
        if lines[-1] and font.getlength(" ".join([*lines[-1], word])) > room:
            lines.append([])
        lines[-1].append(word)
    return lines


def typeset(
    draw: ImageDraw.ImageDraw,
    words: list[str],
    y: int,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    *,
    indent: int,
    last: bool,
) -> None:
    """A line on the baseline `y`, its spaces widened to fill the measure unless it ends a paragraph."""
    x = MARGIN + float(indent)
    gap = font.getlength(" ")
    if not last and len(words) > 1:
        gap = (MEASURE - indent - sum(font.getlength(word) for word in words)) / (len(words) - 1)
    for word in words:
        draw.text((x, y), word, fill=30, font=font, anchor="ls")
        x += font.getlength(word) + gap
