"""Damages good pages on purpose and measures what is read of them still: `python -m benchmarks.harm`, or within `make bench`.

The damaged pages are left in output/harm/, each beside its picture after treatment, with an index of contact sheets.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.figures import HEADING, ROOT, Bars, Measure, errata, read_bars, timed
from benchmarks.harm_damage import DAMAGES, Damage
from benchmarks.harm_pages import CleanPage, own_pages, shared_pages
from pipeline.evaluate.folders import page_texts
from pipeline.evaluate.pages import PageScore, score_page

CLEAN = "as it was"
SHEETS = ROOT / "output" / "harm"
PROCESSES = 2


@dataclass(frozen=True, slots=True)
class Scan:
    """A page under one kind of damage: its picture's name, and what stands on it."""

    name: str
    page: str
    damage: str
    truth: str


def measure_harm(shared: Path, out: Path, bars: Bars) -> Iterator[Measure]:
    """The table of damage, and how many of its cells miss their bar."""
    pages = [*own_pages(), *shared_pages(shared / "scans" / "pages")]
    scans = list(write_scans(pages, out / "scans"))
    plain = read_plainly(scans, out / "scans")
    timed(errata("digitise", "-q", "--each", "--keep-images", "-j", str(PROCESSES), "-o", out / "errata", out / "scans"))
    _, ours = page_texts(out / "errata", {scan.name for scan in scans})
    scores = {scan: (scored(scan, plain), scored(scan, ours)) for scan in scans}
    most = {s.page: bars["ratio"]["bar"] * own.cer + bars["more"]["bar"] for s, (_, own) in scores.items() if s.damage == CLEAN}
    over = [scan for scan, (_, own) in scores.items() if own.cer > most[scan.page]]
    print("\n".join(["", "Character error rates of damaged pages:", *table(scores, over), ""]))
    for scan in over:
        print(f"over its bar: {scan.name}, {scores[scan][1].cer:.2%} (at most {most[scan.page]:.2%})")
    write_sheets(scans, out, SHEETS)
    yield Measure("harm: damaged pages over their bar", len(over), bars["over"], shown="{:.0f}")


def write_scans(pages: Sequence[CleanPage], folder: Path) -> Iterator[Scan]:
    """Write every page as it is and under every damage to `folder`."""
    folder.mkdir(parents=True)
    for page in pages:
        kin = [other for other in pages if other.name.split("_")[0] == page.name.split("_")[0]]
        other = kin[(kin.index(page) + 1) % len(kin)]
        yield write_scan(page.image, page.dpi, Scan(f"{page.name}-0", page.name, CLEAN, page.truth), folder)
        for number, damage in enumerate(DAMAGES, 1):
            image = damage.harm(page, other, np.random.default_rng(number))
            scan = Scan(f"{page.name}-{number}", page.name, damage.name, truth_of(damage, page, other))
            yield write_scan(image, damage.dpi or page.dpi, scan, folder)


def write_scan(image: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], dpi: int, scan: Scan, folder: Path) -> Scan:
    Image.fromarray(image).save(folder / f"{scan.name}.png", dpi=(dpi, dpi), compress_level=1)
    return scan


def truth_of(damage: Damage, page: CleanPage, other: CleanPage) -> str:
    return f"{page.truth}\n\n{other.truth}" if damage.both else page.truth


def read_plainly(scans: Sequence[Scan], folder: Path) -> dict[str, str]:
    """What plain Tesseract reads, one thread each."""

    def read(scan: Scan) -> tuple[str, str]:
        command = ["tesseract", str(folder / f"{scan.name}.png"), "-"]
        environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return scan.name, done.stdout

    with ThreadPoolExecutor(PROCESSES) as pool:
        return dict(pool.map(read, scans))


def scored(scan: Scan, texts: dict[str, str]) -> PageScore:
    return score_page(scan.name, scan.truth, texts.get(scan.name))


def table(scores: dict[Scan, tuple[PageScore, PageScore]], over: Sequence[Scan]) -> Iterator[str]:
    """A line for each kind of damage."""
    hows = {damage.name: damage.how for damage in DAMAGES}
    yield f"{'damage':<18}{'Tesseract':>10}{'Errata':>9}{'over':>8}   parameters"
    for name in (CLEAN, *hows):
        both = [pair for scan, pair in scores.items() if scan.damage == name]
        rates = [sum(p.character_edits for p in side) / sum(p.characters for p in side) for side in zip(*both, strict=True)]
        missed = sum(scan.damage == name for scan in over)
        yield f"{name:<18}{rates[0]:>10.2%}{rates[1]:>9.2%}{missed:>4} /{len(both):>2}   {hows.get(name, '')}".rstrip()


def write_sheets(scans: Sequence[Scan], out: Path, folder: Path) -> None:
    """Put each scan beside what was read in the end, ten to a sheet, into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("sheet-*.png"):
        old.unlink()
    size, columns, rows = (330, 460), 6, 3
    for start in range(0, len(scans), columns * rows // 2):
        sheet = Image.new("L", (size[0] * columns, size[1] * rows), 128)
        some = scans[start : start + columns * rows // 2]
        for place, scan in enumerate(some):
            for side, picture in enumerate([picture_of(out / "scans" / f"{scan.name}.png"), treated(out / "errata" / scan.name)]):
                picture.thumbnail((size[0] - 10, size[1] - 10))
                at = 2 * place + side
                sheet.paste(picture, (at % columns * size[0] + 5, at // columns * size[1] + 5))
        sheet.save(folder / f"sheet-{start // (columns * rows // 2) + 1:02d}.png", optimize=True)


def picture_of(path: Path) -> Image.Image:
    with Image.open(path) as image:
        return image.convert("L")


def treated(document: Path) -> Image.Image:
    """What was read in the end of a scan: a page, or the two of an opening side by side."""
    folders = [folder for side in ("left", "right") if (folder := document / "images" / side).is_dir()] or [document / "images"]
    last = [max(folder.glob("*.png"), key=lambda path: int(path.stem.split("_")[1])) for folder in folders]
    pages = [picture_of(path) for path in last]
    both = Image.new("L", (sum(page.width for page in pages), max(page.height for page in pages)), 128)
    for place, page in enumerate(pages):
        both.paste(page, (sum(earlier.width for earlier in pages[:place]), 0))
    return both


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="where the collections lie")
    parser.add_argument("--keep", type=Path, help="a new folder in which the damaged scans and all results are kept")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) if options.keep is None else options.keep
        found = list(measure_harm(options.shared.resolve(), out, read_bars()["harm"]))
    print(HEADING)
    print("\n".join(measure.row() for measure in found))
    return 0 if all(measure.holds for measure in found) else 1


if __name__ == "__main__":
    sys.exit(main())
