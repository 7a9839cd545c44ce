"""A long text is repaired window by window: to the same text as at one go, and without looking again at what has not changed."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator

import pytest

from pipeline import forks
from pipeline.draft import Draft
from pipeline.forks import may_have
from pipeline.language import build_lexicon
from pipeline.language.evidence import Knowledge
from pipeline.repair import windows
from pipeline.repair.engine import repair
from pipeline.repair.learning import learn
from pipeline.repair.proposals import Proposal, Rule, replace
from pipeline.repair.windows import Windows
from pipeline.sources.text import read_text

LEXICON = build_lexicon()
SENTENCES = (
    "The Cabinet considered the note of the Soviet Govern-\nment on 12 March , and fBolshevik* propa-\nganda was spoken of.",
    "“We cannot,” Litvinov said, “go on as\nbefore, and the Commissariat will not wait”.",
    "Chicherin's answer to the Foreign Office ( FO 371/\n12579 ) was that theSoviet press had been wrong.",
    "It was Lenin1s view , and Lenin's view was that of the\nParty ; the Ambassador wrote of it , at length.",
    "Lord Curzon told the House that 'there is no reason\nto suppose it*, and that nothing would be done.",
)


def long_text(pages: int) -> str:
    """Pages of our own; many sentences run over a page break, and some quotations do."""
    chance = random.Random(pages)
    made = [" ".join(chance.choice(SENTENCES) for _ in range(9)) for _ in range(pages)]
    cut = [page if chance.random() < 0.5 else page.replace(".", " and", 1) for page in made]
    ends = [page.rpartition(".")[0] if chance.random() < 0.6 else page for page in cut]
    whole = [f"{page}\n\n{at + 11}" for at, page in enumerate(ends)]
    return "\n\f".join(f"{page}\n\f" if chance.random() < 0.2 else page for page in whole)


def repaired(text: str) -> tuple[str, list[tuple[str, int]]]:
    source = read_text(text.encode(), "long")
    ledger = repair(source, learn(source, LEXICON))
    return Draft(source.text, ledger.applied).text, [(edit.rule, edit.place) for edit in ledger.held]


@pytest.mark.parametrize("pages", [1, 9, 40])
def test_windows_make_no_difference(pages: int, monkeypatch: pytest.MonkeyPatch) -> None:
    text = long_text(pages)
    found = repaired(text)
    monkeypatch.setattr(windows, "PAGES", 10_000)
    assert found == repaired(text)
    assert found[0] != text


@pytest.mark.parametrize("processes", [2, 3])
def test_several_processes_come_to_the_same(processes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    text = long_text(60)
    found = repaired(text)
    monkeypatch.setattr(forks, "LONG", 1000)
    made: list[int] = []
    monkeypatch.setattr("os.fork", lambda fork=os.fork: made.append(1) or fork())
    with may_have(lambda: processes):
        assert repaired(text) == found
    assert len(made) == processes - 1


def test_a_helper_that_dies_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    text = long_text(60)
    found = repaired(text)
    monkeypatch.setattr(forks, "LONG", 1000)
    here, look = os.getpid(), Windows.look

    def dying(self: Windows, question: windows.Question, share: slice) -> windows.Looked:
        if question.phase == 2 and os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return look(self, question, share)

    monkeypatch.setattr(Windows, "look", dying)
    with may_have(lambda: 2):
        assert repaired(text) == found


def test_what_has_not_changed_is_not_looked_at_again() -> None:
    looks: list[int] = []

    def stars(draft: Draft, known: Knowledge) -> Iterator[Proposal]:
        looks.append(len(draft.pages))
        for line in draft.lines:
            if (at := line.text.find("*")) >= 0:
                yield replace(line.start + at, line.start + at + 1, "'", 0.9, "A star.")

    pages = [f"Page {number} has a star * here.\n{'And a line.' * 30}\n" for number in range(30)]
    source = read_text("\f".join(pages).encode(), "x")
    known = Knowledge(LEXICON, learn(source, LEXICON).evidence)
    rules = Windows(((Rule("star", "quote", stars),),), source, known)

    def places(draft: Draft) -> list[int]:
        return [one.proposal.spans[0].start for one in rules.candidates(0, draft)]

    first = Draft("\f".join(pages))
    assert places(first) == [at for at, char in enumerate(first.text) if char == "*"]
    assert looks == [9, 10, 10, 7]  # eight pages and one on either side
    looks.clear()
    pages[12] = "Something longer stands on this page now, and * too.\n"
    changed = Draft("\f".join(pages))
    assert places(changed) == [at for at, char in enumerate(changed.text) if char == "*"]
    assert looks == [10]  # pages 9 to 16 only, but what stands behind has moved


def test_a_part_of_a_draft_keeps_offsets_and_numbers_of_pages() -> None:
    draft = Draft("one\n\ftwo\n\fthree\n\ffour\n")
    part = draft.part(1, 3)
    assert [line.text for line in part.lines if line.text] == ["two", "three"]
    assert {line.page for line in part.lines} == {2, 3} and part.page_at(draft.text.index("four")) == 4
    assert part.whole is draft and part.text is draft.text
    assert [draft.text[line.start : line.end] for line in part.lines] == [line.text for line in part.lines]


def test_a_word_that_goes_on_behind_a_plate_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [f"The Cabinet met on the day and spoke of it at great length, as page {at} tells." for at in range(24)]
    for at in (6, 15):  # a window ends with page 8 and with page 16, counted from 1
        pages[at] = "It was said that the whole of the Foreign Office had then consid-"
        pages[at + 1] = ""
        pages[at + 2] = "ered the matter, and that nothing came of it in the end, as was feared."
    text = "\n\f".join(pages)
    found = repaired(text)
    monkeypatch.setattr(windows, "PAGES", 10_000)
    assert found == repaired(text) and found[0].count("considered") == 2
