"""tei.xml: the clean text as an edition, with pages, lines, notes, and every change where it was made.

Standard: TEI P5 (https://tei-c.org/release/doc/tei-p5-doc/en/html/).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from pipeline.draft import DraftLine
from pipeline.layout import Note, find_notes, without_number
from pipeline.ledger import Edit, Move
from pipeline.model import Box
from pipeline.outputs.printed import FURNITURE, Printed, PrintedWord
from pipeline.outputs.reading import Block, blocks, page_parts, usual_width
from pipeline.outputs.tei_header import RESPONSIBLE, facsimile, tei_header
from pipeline.outputs.tei_words import Words, shown
from pipeline.outputs.xml import DECLARATION, attributes, escaped
from pipeline.result import Result

CALL = re.compile(r"\((\d{1,2})\)")
FORMES = {"page-number": "pageNum", "header": "header", "footer": "footer", "catch-word": "catch"}
"""Types of fw, what is on a page but not in its text, by what part of the page it is."""
ASIDE = {
    **{region: (f'<fw type="{kind}">', "</fw>") for region, kind in FORMES.items()},
    "margin": ('<note place="margin">', "</note>"),
    "stamp": ("<stamp>", "</stamp>"),
    "scrawl": ('<note type="scrawl">', "</note>"),
}
"""What lines are put in that stand in the text and are no part of its body."""

Zones = Mapping[int, Sequence[tuple[str, Box]]]


def tei_document(result: Result, zones: Zones) -> str:
    """The document. `zones`: names and boxes of the lines on the scans, by page number."""
    edition = Edition(result, zones)
    body = "".join(edition.body())
    scans = facsimile(result.source.pages, zones)
    opening = f'{DECLARATION}<TEI xmlns="http://www.tei-c.org/ns/1.0">\n{tei_header(result)}{scans}'
    return f"{opening} <text>\n  <body>\n   <div>\n{body}\n   </div>\n  </body>\n </text>\n</TEI>\n"


class Edition:
    """The body of an edition in the making: the page and the printed line that it has come to."""

    def __init__(self, result: Result, zones: Zones) -> None:
        self.result = result
        self.draft = result.draft
        self.printed = Printed(result)
        self.words = Words(result)
        self.names = result.names
        self.zones = {name for lines in zones.values() for name, _ in lines}
        self.notes = [find_notes(lines) for lines in self.draft.pages]
        self.page = self.ended = -1
        self.row = -1
        self.linked: set[str] = set()
        self.moved: dict[int, list[tuple[Edit, Move]]] = {}
        for edit, move in result.ledger.moved_out():
            self.moved.setdefault(self.printed.page_at(move.start), []).append((edit, move))

    def body(self) -> Iterator[str]:
        """Headings and paragraphs, a paragraph that runs over a page's end as one; each heading behind text begins a div."""
        parts = [page_parts(number, lines) for number, lines in enumerate(self.draft.pages, 1)]
        lines = [iter(self.body_blocks(page)) for page in range(len(self.draft.pages))]
        filled = False
        for block in blocks(parts, usual_width(self.draft.lines)):
            yield self.turn(block.parts[0][0] - 1)
            if block.level and filled:
                yield "\n   </div>\n   <div>"
            filled = not block.level
            tag = "head" if block.level else "p"
            yield f"\n    <{tag}>{''.join(self.pieces(block, lines))}</{tag}>"
        yield self.turn(len(self.draft.pages) - 1)
        yield self.end_page(len(self.draft.pages) - 1)

    def body_blocks(self, page: int) -> Iterator[list[DraftLine]]:
        """The blocks of a page, as `page_parts` has them, with their offsets."""
        lines = self.draft.pages[page]
        notes = self.notes[page]
        run: list[DraftLine] = []
        for line in lines[: notes[0].first if notes else len(lines)]:
            if line.text.strip():
                run.append(line)
            elif run:
                yield run
                run = []
        if run:
            yield run

    def pieces(self, block: Block, lines: Sequence[Iterator[list[DraftLine]]]) -> Iterator[str]:
        """The lines of a block, and the pages that begin in it."""
        for number, _ in block.parts:
            yield self.turn(number - 1)
            for line in next(lines[number - 1]):
                yield self.line(line, number - 1)

    def turn(self, page: int, *, broken: bool = False) -> str:
        """The pages that begin up to and with the one with this index, and what the ones before end with."""
        out = []
        while self.page < page:
            out.append(self.end_page(self.page))
            self.page += 1
            out.append(self.page_break(broken and self.page == page))
        return "".join(out)

    def page_break(self, broken: bool) -> str:
        number = self.names.number(self.page + 1)
        scan = self.result.source.pages[self.page].scan if self.page < len(self.result.source.pages) else None
        given = attributes(
            xml_id=f"page_{number:04d}",
            n=self.names.folio(self.page + 1),
            facs=f"#surface_{number:04d}" if scan is not None else "",
            break_="no" if broken else "",
        )
        return f"{'' if broken else chr(10)}<pb{given}/>"

    def end_page(self, page: int) -> str:
        """What is left of a page: what was moved out at its foot, and its notes."""
        if page < 0 or page <= self.ended:
            return ""
        self.ended = page
        first = self.notes[page][0].first if self.notes[page] else None
        there = len(self.result.source.text)
        if first is not None:
            origins = self.draft.lines and self.draft.pages[page][first]
            there = self.draft.origin(origins.start)[0] if origins and origins.text else there
        out = [self.left_behind(page, there, apart=True), *(self.note(page, note) for note in self.notes[page])]
        return "".join([*out, self.left_behind(page, len(self.result.source.text), apart=True)])

    def note(self, page: int, note: Note) -> str:
        """A note at the foot of its page, linked with its call if that was found."""
        name = f"{self.names.number(page + 1):04d}_{note.number}"
        target = f"#call_{name}" if f"call_{name}" in self.linked else ""
        given = attributes(place="foot", n=note.number or None, xml_id=f"note_{name}", target=target)
        lines = self.draft.pages[page][note.first : note.last]
        label = lines[0].start + (len(lines[0].text) - len(without_number(lines[0].text)) if note.number else 0)
        text = "".join(self.line(line, page, label, calls=False) for line in lines)
        return f"\n<note{given}>{text}</note>"

    def line(self, line: DraftLine, page: int, label: int = -1, *, calls: bool = True) -> str:
        """A line of the clean text, as it was printed; words up to offset `label` are the number of a note."""
        opening, closing = ASIDE.get(line.region, ("", ""))
        words = list(self.printed.words(line))
        numbers = [word for word in words if word.start + len(word.text) <= label]
        out = [opening]
        if numbers:
            out += [self.at(numbers[0], page), "<label>", escaped(" ".join(word.text for word in numbers)), "</label>"]
        for run in self.words.runs(words[len(numbers) :]):
            out.append(self.run(run, page, calls))
        return "".join([*out, closing])

    def at(self, word: PrintedWord, page: int) -> str:
        """What leads up to a word: what was moved out before it, and the beginning of its line, or a space."""
        part = word.parts[0]
        before = self.left_behind(page, part.low)
        if part.row == self.row:
            return f"{before} "
        self.row = part.row
        return f"{before}\n{self.line_break()}"

    def run(self, run: Sequence[PrintedWord], page: int, calls: bool) -> str:
        """Words that are marked together."""
        word = run[0]
        if len(word.parts) > 1:
            return self.broken(word, page)
        text = " ".join(word.text for word in run)
        low, high = word.parts[0].low, run[-1].parts[0].high
        marked = self.words.marked(text, low, high, word.start)
        return self.at(word, page) + (self.with_calls(marked, page) if calls else marked)

    def broken(self, word: PrintedWord, page: int) -> str:
        """A word that the end of a line broke; where that is the page's, its notes come before the word."""
        out = []
        if self.printed.page_at(word.parts[-1].low) > max(page, self.page):
            out.append(self.end_page(page))
        out.append(self.at(word, page))
        for count, part in enumerate(word.parts):
            if count:
                above = word.parts[count - 1]
                there = min(self.printed.page_at(part.low), len(self.draft.pages) - 1)
                if there > self.page:
                    out.append(self.turn(there, broken=True))
                self.row = part.row
                hyphened = self.printed.hyphen_end(above) > above.high
                out.append(self.line_break(break_="no", rend="hyphen" if hyphened else ""))
            out.append(self.words.marked(part.text, part.low, part.high, word.start))
        return "".join(out)

    def line_break(self, **given: str) -> str:
        """The beginning of the printed line that has been come to."""
        at = self.printed.page_at(self.printed.row_end(self.row))  # its beginning may be the page break
        pages = self.result.source.pages
        name = f"line_{pages[at].number:04d}_{self.row - self.printed.row(pages[at].start) + 1:03d}"
        return f"<lb{attributes(facs=f'#{name}' if name in self.zones else '', **given)}/>"

    def with_calls(self, text: str, page: int) -> str:
        """Calls of the page's notes as references to them."""
        numbers = {note.number for note in self.notes[page]}

        def linked(match: re.Match[str]) -> str:
            if int(match[1]) not in numbers:
                return match[0]
            name = f"{self.names.number(page + 1):04d}_{int(match[1])}"
            own = "" if f"call_{name}" in self.linked else f"call_{name}"
            self.linked.add(f"call_{name}")
            return f"<ref{attributes(xml_id=own, target=f'#note_{name}')}>{match[0]}</ref>"

        return CALL.sub(linked, text) if numbers and "<sic>" not in text else text

    def left_behind(self, page: int, before: int, *, apart: bool = False) -> str:
        """What was moved out of a page's text ahead of a source offset, and was not given yet; `apart`: not within a paragraph,
        where TEI has no choices."""
        waiting, out = self.moved.get(page, []), []
        while waiting and waiting[0][1].start < before:
            edit, move = waiting.pop(0)
            text = escaped(" ".join(move.before.split()))
            given = attributes(resp=f"#{RESPONSIBLE}", cert=shown(edit.probability))
            if edit.rule in FURNITURE:
                out.append(f"\n<fw{attributes(type=FORMES[FURNITURE[edit.rule]])}{given}>{text}</fw>")
            elif text:
                choice = f"<choice><sic>{text}</sic><corr{given}{attributes(type=edit.kind)}/></choice>"
                out.append(f'\n<note type="stray">{choice}</note>' if apart else f"\n{choice}")
        return "".join(out)
