"""Punctuation: full stops read as commas, by abbreviation, capital and the run of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.draft import Draft
from pipeline.language.evidence import Knowledge
from pipeline.repair.flow import flows
from pipeline.repair.proposals import Proposal, Rule, replace

OP_CIT = re.compile(r"\b(?:[Oo]p|[Ll]oc)(,)(?= ?cit\b)|\b(?:[Oo]p|[Ll]oc)\.? ?cit(,)(?= ?(?:pp?|Vols?|[Cc]ols?)\b)")
PAGE = re.compile(r"(?<=[\s,.;(])pp?(,)(?= ?\d)")
SENTENCE = re.compile(
    r",(?<=[a-z0-9)]{2},)"
    r"(?= (?:The|In|It|This|These|On|At|However|But|Although|As|There|He|They|For|With|By|Moreover|Nevertheless|When|While)\b)"
)
SAYING = frozenset(
    """
    said say says wrote writes argued observed declared replied remarked added concluded noted stated reported claimed
    that with in and but or asked thought paper article speech pamphlet
    """.split()
)
IMPOSSIBLE = re.compile(r"(?<=\b[Tt]he)[!?](?= [A-Za-z]\w)(?! The\b)")
DOUBLED = re.compile(r"(?<![.,])([,;:])\1(?![.,;:])")


def abbreviations(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """`op, cit.` and `p, 32`: the stop of an abbreviation read as a comma."""
    for pattern, part in ((OP_CIT, "cit"), (PAGE, "p,")):
        for match in draft.matches(pattern, part):
            group = 1 if match.group(1) else 2
            sure = 0.97 if group == 1 else 0.6
            yield replace(match.start(group), match.end(group), ".", sure, "The stop of an abbreviation, read as a comma.")


def sentence_ends(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """`1926, In the spring`: a capital that only a new sentence explains; in the body, for notes have titles (`Carr, The
    Bolshevik
    Revolution`). Sure only on pages where other stops were misread so."""
    for flow in flows(draft):
        for line in (line for part in flow.paragraphs for line in part if not flow.is_note):
            for match in SENTENCE.finditer(line.text):
                words = re.findall(r"\w+", line.text[max(0, match.start() - 30) : match.start()])
                if words and words[-1].lower() not in SAYING:
                    sure = 0.93 if known.evidence.worn_stops[str(line.page)] else 0.5
                    at = line.start + match.start()
                    yield replace(at, at + 1, ".", sure, "A new sentence begins; the stop was read as a comma.")


def doubled(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """`,,` where one comma was typed (not the low quotation mark of other languages)."""
    for match in draft.matches(DOUBLED, ",,", ";;", "::"):
        after = draft.text[match.end() : match.end() + 1]
        before = draft.text[match.start() - 1 : match.start()]
        if before.isalnum() and after in (" ", "\n"):
            yield replace(match.start(), match.end(), match.group(1), 0.8, "One mark was read twice.")


def impossible(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
    """`in the! House`: a mark behind an article, where no sentence and no clause can end."""
    for match in draft.matches(IMPOSSIBLE, "he!", "he?"):
        yield replace(match.start(), match.end(), "", 0.94, "No sentence or clause ends with an article: a speck.", kind="stray")


RULES = (
    Rule(
        "mark-behind-article",
        "stray",
        impossible,
        (("It was settled in the! House of Lords", "It was settled in the House of Lords"),),
        ("What is the? The what!", "plan a; plan b", "the: a word, an; one more"),
    ),
    Rule(
        "abbreviation-stop",
        "punctuation",
        abbreviations,
        (("Orde, op, cit. p.5", "Orde, op. cit. p.5"),),
        ("he shut up, cited and left",),
    ),
    Rule("sentence-stop", "punctuation", sentence_ends),
    Rule("doubled-mark", "punctuation", doubled),
)
