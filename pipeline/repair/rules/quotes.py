"""Quotation marks and apostrophes: decoded together over the whole text, note by note and paragraph by paragraph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import replace as replace_fields

from pipeline.draft import Draft
from pipeline.language.evidence import Knowledge
from pipeline.ledger import Kind
from pipeline.repair.flow import Flow, flows
from pipeline.repair.proposals import Proposal, Rule, replace
from pipeline.repair.quote_context import DOUBLES, SINGLES
from pipeline.repair.quote_lattice import PARAGRAPH_END, Label, Mark, decode
from pipeline.repair.quote_marks import marks_of
from pipeline.repair.readings import absent_marks

ABSENT = 4.5
"""How much sooner (natural log) a mark is a speck that another reading of the image lacks."""
STRAIGHT = {
    Label.OPEN_SINGLE: "'",
    Label.CLOSE_SINGLE: "'",
    Label.APOSTROPHE: "'",
    Label.OPEN_DOUBLE: '"',
    Label.CLOSE_DOUBLE: '"',
    Label.NOISE: "",
}
CURLY = {
    Label.OPEN_SINGLE: "\N{LEFT SINGLE QUOTATION MARK}",
    Label.CLOSE_SINGLE: "\N{RIGHT SINGLE QUOTATION MARK}",
    Label.APOSTROPHE: "\N{RIGHT SINGLE QUOTATION MARK}",
    Label.OPEN_DOUBLE: "\N{LEFT DOUBLE QUOTATION MARK}",
    Label.CLOSE_DOUBLE: "\N{RIGHT DOUBLE QUOTATION MARK}",
}
NAMED = {
    Label.OPEN_SINGLE: "an opening quotation mark",
    Label.CLOSE_SINGLE: "a closing quotation mark",
    Label.OPEN_DOUBLE: "an opening double quotation mark",
    Label.CLOSE_DOUBLE: "a closing double quotation mark",
    Label.APOSTROPHE: "an apostrophe",
    Label.NOISE: "a speck",
}


@dataclass(frozen=True, slots=True)
class Manner:
    """How a document writes its marks (`style`), how sure to be in its noise (`sober`, 0-1), and whether it sets space inside
    its quotation marks (`spaced`)."""

    style: Mapping[Label, str]
    sober: float
    spaced: bool


def quotes(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """Marks that were misread, each with the probability that all other marks of its text leave it."""
    noise = max(0.0, known.evidence.noise - 0.02)
    spaced = known.evidence.habit("quote") > 0.03 and not known.evidence.marks["scanned"]
    manner = Manner(style_of(known), max(0.5, 1.0 - 4.0 * noise), spaced)
    for flow in flows(draft):
        marks = list(flow_marks(flow, draft, known))
        for mark, labels in zip(marks, decode(marks), strict=True):
            if labels:
                yield from proposals(draft, mark, labels, manner)


def style_of(known: Knowledge) -> Mapping[Label, str]:
    """The marks that this document writes: curly ones where it tells opening from closing, straight ones otherwise."""
    marks = known.evidence.marks
    curly = {label for label in CURLY if "DOUBLE" in label.name and marks["curly double"] > marks["straight double"]}
    if marks["curly single"] * 4 > marks["straight single"] and marks["curly single"]:
        curly |= {label for label in CURLY if "DOUBLE" not in label.name}
        if not marks["straight double"]:
            curly |= set(CURLY)
    return {label: CURLY[label] if label in curly else mark for label, mark in STRAIGHT.items()}


def flow_marks(flow: Flow, draft: Draft, known: Knowledge) -> Iterator[Mark]:
    """All marks of a flow, with an empty one at each paragraph's end; those that another reading of the image lacks are sooner
    specks than others."""
    absent = absent_marks(draft, known)
    for paragraph in flow.paragraphs:
        for line in paragraph:
            for mark in marks_of(line, known):
                yield doubted(mark) if mark.start in absent else mark
        end = paragraph[-1].end
        yield Mark(end, end, PARAGRAPH_END)


def doubted(mark: Mark) -> Mark:
    """A mark that was not read every time."""
    ways = [(here, there, label, cost - ABSENT if label is Label.NOISE else cost) for here, there, label, cost in mark.moves]
    return replace_fields(mark, moves=ways)


def proposals(draft: Draft, mark: Mark, labels: dict[Label, float], manner: Manner) -> Iterator[Proposal]:
    """What to write at a mark, if not what stands there. Labels that write the same (a closing mark, an apostrophe) count
    together."""
    seen = draft.text[mark.start : mark.end]
    ways: dict[tuple[int, int, str], list[Label]] = {}
    for label in sorted(labels, key=lambda name: -labels[name]):
        if label is not Label.ITSELF:
            ways.setdefault(written(draft.text, mark, label, manner.style), []).append(label)
    sums = {way: sum(labels[name] for name in names) for way, names in ways.items()}
    way = max(sums, key=lambda name: sums[name], default=None)
    if way is not None and draft.text[way[0] : way[1]] == way[2]:
        sums.pop(way)  # it may stay; is there another thing that it might well be?
        way = max(sums, key=lambda name: sums[name], default=None)
    if way is None:
        return
    starts_line = draft.text[mark.start - 1 : mark.start] in ("", "\n", "\f")
    space = only_space(draft.text, way, seen)
    if space and (starts_line or (manner.spaced and not ends_clause(draft.text, way[1]))):
        return
    label = ways[way][0]
    sure = min(sums[way], 0.995) * manner.sober
    kind: Kind = "apostrophe" if label is Label.APOSTROPHE else "stray" if label is Label.NOISE else "quote"
    why = "The space does not belong to the quotation mark." if space else f"“{seen}” stands for {NAMED[label]}."
    yield replace(*way, sure, why, kind=kind)


def only_space(text: str, way: tuple[int, int, str], seen: str) -> bool:
    """Would nothing change but the space beside a quotation mark that was read rightly?"""
    start, end, after = way
    return seen[0] in SINGLES + DOUBLES and text[start:end].strip() == after.strip()


def ends_clause(text: str, at: int) -> bool:
    """Does a stop or a call-out follow, before which nobody sets a mark apart?"""
    return text[at:].lstrip(" ")[:1] in tuple("(.,;:)")


def written(text: str, mark: Mark, label: Label, style: Mapping[Label, str]) -> tuple[int, int, str]:
    """(start, end, new text) for a mark under a label: space that came with the misreading goes, lost space comes."""
    start, end, seen = mark.start, mark.end, text[mark.start : mark.end]
    if seen == "C":
        return start, end, style[label] + "c"
    after = style[label]
    if label is not Label.NOISE and (seen in SINGLES or seen in DOUBLES):
        after = seen
    if label in (Label.OPEN_SINGLE, Label.OPEN_DOUBLE):
        if text[end : end + 1] == " " and text[start - 1 : start] in (" ", "\n", "(", ""):
            end += 1
        elif start and text[start - 1].isalnum():
            after = " " + after
    elif label in (Label.CLOSE_SINGLE, Label.CLOSE_DOUBLE):
        if text[start - 1 : start] == " ":
            start -= 1
        elif text[end : end + 1].isalnum() and text[start - 1 : start].isalnum():
            after += " "
    elif label is Label.NOISE and text[end : end + 1] == " " and text[start - 1 : start] in (" ", "\n"):
        end += 1
    return start, end, after


RULES = (
    Rule(
        "quotes",
        "quote",
        quotes,
        (
            ("the fModerate* newspaper was", "the 'Moderate' newspaper was"),
            ("Lenin1s view, and Stalin*s", "Lenin's view, and Stalin's"),
            ("his show of 1 patient silence1 in", "his show of 'patient silence' in"),
        ),
        ("on 1 March 1927 he wrote", "the Stalins' dacha isn't 'far' off", "Vol 1 appeared in 1927*", "the class A1 rate"),
    ),
)
