"""reading.md: the text for reading. Paragraphs run across lines and pages, page boundaries are marked, notes are footnotes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.draft import DraftLine
from pipeline.folios import PageNames
from pipeline.outputs.markdown import at_start, escaped, heading_level
from pipeline.outputs.notes import Footnote, page_notes
from pipeline.result import Result

CALL = re.compile(r"( ?)\((\d{1,2})\)")
HYPHEN_END = re.compile(r"(?<=\w)-$")
SENTENCE_END = re.compile(r"[.!?:]\s?[’'”\")\]]*(?:\s*\(\d{1,2}\)[.,]?)*$")
LEADS_UP = re.compile(r":\s*$|\b(?:said|wrote|stated|read|added|replied|that|as)\s*$")
MARKER = "‹{}›"


@dataclass(frozen=True, slots=True)
class PageParts:
    """One page: its blocks of lines, and its notes by number."""

    number: int
    blocks: list[list[str]]
    notes: dict[int, Footnote]


@dataclass(slots=True)
class Block:
    """A paragraph or heading: (page, lines) for each page that it stands on. `level`: 0 running text, 1 chapter, 2 heading.

    `broken`: its line breaks mean something (an address, a table of contents, verse) and are kept. `quoted`: set apart.
    """

    parts: list[tuple[int, list[str]]]
    level: int = 0
    broken: bool = False
    quoted: bool = False


@dataclass(slots=True)
class Reading:
    """A reading text in the making: the pages, what they are called, how far it has come, and the notes that were linked."""

    pages: Sequence[PageParts]
    names: PageNames
    turned: int = 0
    noted: int = 0
    linked: set[tuple[int, int]] = field(default_factory=set)

    def turn(self, page: int) -> str:
        """Markers of the pages that begin up to and with `page`."""
        if len(self.pages) == 1 and not self.names.folio(1):
            return ""
        markers = [MARKER.format(self.names.shown(number)) for number in range(self.turned + 1, page + 1)]
        self.turned = max(self.turned, page)
        return " ".join(markers)

    def notes_before(self, page: int) -> Iterator[str]:
        """The notes of the pages before `page` that were not given yet: footnotes, or paragraphs where no call-out was found."""
        for parts in self.pages[self.noted : page - 1]:
            for note in parts.notes.values():
                yield self.definition(parts.number, note)
        self.noted = max(self.noted, page - 1)

    def definition(self, page: int, note: Footnote) -> str:
        paragraphs = [at_start(escaped(reflowed(block))) for block in split_blocks(note.lines)]
        if (page, note.number) in self.linked:
            return f"[^{self.names.key(page)}-{note.number}]: " + "\n\n    ".join(paragraphs)
        name = f"note {note.number}" if note.number else "note"
        return f"> *{self.names.shown(page)}, {name}:* " + "\n>\n> ".join(paragraphs)

    def with_calls(self, page: int, text: str) -> str:
        """Escaped text of one page with its call-outs linked; a call-out without a note stays as it was typed."""
        notes = self.pages[page - 1].notes
        out, at = [], 0
        for match in CALL.finditer(text):
            if int(match.group(2)) in notes:
                self.linked.add((page, int(match.group(2))))
                out += [escaped(text[at : match.start()]), f"[^{self.names.key(page)}-{int(match.group(2))}]"]
                at = match.end()
        return "".join(out) + escaped(text[at:])


def reading_markdown(result: Result) -> str:
    """The clean text as Markdown. Nothing is left out but line breaks, and the number and place of notes that are linked."""
    pages = [page_parts(number, lines) for number, lines in enumerate(result.draft.pages, 1)]
    reading = Reading(pages, result.names)
    out: list[str] = []
    for block in blocks(pages, usual_width(result.draft.lines)):
        out += reading.notes_before(block.parts[0][0])
        out += heading(reading, block) if block.level else [paragraph(reading, block)]
    out += reading.notes_before(len(pages) + 1)
    out.append(reading.turn(len(pages)))
    text = "\n\n".join(piece for piece in out if piece)
    return text + "\n" if text else ""


def page_parts(number: int, lines: Sequence[DraftLine]) -> PageParts:
    """The blocks and notes of a page of the clean text."""
    end, notes = page_notes(lines)
    body = [line.text for line in lines[:end]]
    return PageParts(number, list(split_blocks(body)), {note.number: note for note in notes})


def split_blocks(lines: Sequence[str]) -> Iterator[list[str]]:
    """Runs of lines between blank lines."""
    block: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            block.append(line)
        elif block:
            yield block
            block = []


def usual_width(lines: Sequence[DraftLine]) -> int:
    """Characters of a full line: longer than four lines in five that are not blank."""
    lengths = sorted(len(line.text) for line in lines if line.text.strip())
    return lengths[len(lengths) * 4 // 5] if lengths else 0


def blocks(pages: Sequence[PageParts], width: int) -> Iterator[Block]:
    """Headings and paragraphs of the document, a paragraph that runs over a page's end as one."""
    last: Block | None = None
    for page in pages:
        for at, lines in enumerate(page.blocks):
            block = Block([(page.number, lines)], heading_level(lines), is_broken(lines, width))
            block.quoted = last is not None and not block.broken and is_quotation(lines, last.parts[-1][1][-1], width)
            if last is not None and at == 0 and runs_on(last, block):
                last.parts += block.parts
                continue
            if last is not None:
                yield last
            last = block
    if last is not None:
        yield last


def is_broken(lines: Sequence[str], width: int) -> bool:
    """Three lines or more of which most are much shorter than a full line."""
    short = sum(len(line) < 0.7 * width for line in lines[:-1])
    return len(lines) >= 3 and short >= 0.7 * (len(lines) - 1)


def is_quotation(lines: Sequence[str], before: str, width: int) -> bool:
    """A narrow paragraph that opens with a quotation mark, where the line before it leads up to one."""
    narrow = max(len(line.rstrip()) for line in lines) < 0.9 * width
    return narrow and len(lines) >= 3 and lines[0].lstrip()[:1] in "'\"‘’“”" and LEADS_UP.search(before) is not None


def runs_on(last: Block, block: Block) -> bool:
    """Does a page's first block continue the paragraph that the page before ended with?"""
    if last.level or block.level or last.broken or block.broken:
        return False
    end, begin = last.parts[-1][1][-1].rstrip(), block.parts[0][1][0]
    return begin.lstrip()[:1].islower() or not (SENTENCE_END.search(end) or begin.startswith("  "))


def heading(reading: Reading, block: Block) -> list[str]:
    page, lines = block.parts[0]
    return [reading.turn(page), f"{'#' * block.level} {reading.with_calls(page, reflowed(lines))}"]


def paragraph(reading: Reading, block: Block) -> str:
    """One paragraph as Markdown, with the pages that begin in it."""
    text = ""
    for page, lines in block.parts:
        marker = reading.turn(page)
        if block.broken:
            piece = "\\\n".join(at_start(reading.with_calls(page, line.strip())) for line in lines)
        else:
            piece = reading.with_calls(page, reflowed(lines))
        hyphened = HYPHEN_END.search(text[-2:]) is not None
        text = f"{text}{marker}{piece}" if hyphened else " ".join(filter(None, (text, marker, piece)))
    return f"> {at_start(text)}" if block.quoted else at_start(text)


def reflowed(lines: Sequence[str]) -> str:
    """Lines as one; a word that is broken at its own hyphen is joined without a space."""
    text = ""
    for line in lines:
        piece = " ".join(line.split())
        text = text + piece if HYPHEN_END.search(text[-2:]) or not text else f"{text} {piece}"
    return text
