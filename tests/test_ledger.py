"""Replaying, undoing and storing the account of changes, with any edits that do not overlap."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.draft import Draft
from pipeline.errors import InvalidRecord
from pipeline.ledger import Change, Edit, Ledger, Move, Replace, edit_from_record, edit_record, running_order
from pipeline.repair.account import Account

TEXT = st.text(alphabet=st.sampled_from("abcé \n\f'1-😀"), min_size=1, max_size=60)


def an_edit(changes: tuple[Change, ...], after: str = "") -> Edit:
    return Edit("word", "example", "replace", 0.95, "For the test.", changes, changes[0].before, after, 1)


@st.composite
def accounts(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    """A text, and edits over it (replacements, moves, moves out, several changes in one) of which none meets another."""
    source = draw(TEXT)
    account = Account()
    for _ in range(draw(st.integers(0, 8))):
        changes: list[Change] = []
        for _ in range(draw(st.integers(1, 2))):
            start = draw(st.integers(0, len(source) - 1))
            end = draw(st.integers(start + 1, min(len(source), start + 12)))
            before = source[start:end]
            if draw(st.booleans()):
                changes.append(Replace(start, end, before, draw(st.text(alphabet="xyz \n", max_size=4))))
            else:
                changes.append(Move(start, end, before, draw(st.none() | st.integers(0, len(source) - 1))))
        account.add(an_edit(tuple(changes)))
    return source, account.edits


@given(accounts())
@settings(max_examples=300)
def test_replay_and_undo(case: tuple[str, list[Edit]]) -> None:
    source, edits = case
    ledger = Ledger(len(source), tuple(edits))
    text = ledger.replay(source)
    assert text == Draft(source, edits).text
    assert ledger.undo(text) == source


@given(accounts())
@settings(max_examples=300)
def test_every_character_has_a_way_back(case: tuple[str, list[Edit]]) -> None:
    source, edits = case
    draft = Draft(source, edits)
    replaced = {(c.start, c.end) for e in edits for c in e.changes if isinstance(c, Replace)}
    for at, char in enumerate(draft.text):
        start, end = draft.origin(at)
        assert 0 <= start < end <= len(source)
        assert source[start:end] == char or (start, end) in replaced


@given(accounts())
def test_every_character_of_the_source_is_accounted_for(case: tuple[str, list[Edit]]) -> None:
    source, edits = case
    shown = {i for at in range(len(Draft(source, edits).text)) for i in range(*Draft(source, edits).origin(at))}
    changed = {i for e in edits for c in e.changes if isinstance(c, Replace) or c.behind is None for i in range(c.start, c.end)}
    assert shown | changed == set(range(len(source)))


@given(accounts())
def test_records_come_back(case: tuple[str, list[Edit]]) -> None:
    for edit in case[1]:
        row = edit_record(edit, "applied")
        assert row["state"] == "applied" and row["place"] == edit.place
        assert edit_from_record(row) == edit


@given(accounts())
def test_pages_and_lines_cover_the_text(case: tuple[str, list[Edit]]) -> None:
    draft = Draft(*case)
    assert len(draft.pages) == draft.text.count("\f") + 1
    assert all(draft.text[line.start : line.end] == line.text for line in draft.lines)
    assert all(draft.page_at(line.start) == line.page for line in draft.lines)


def test_a_word_joined_across_a_page_break() -> None:
    source = "to com\n\fpounded the\n\flast"
    move = Move(8, 15, "pounded", 5)
    edit = Edit("hyphen", "broken-word", "join", 0.97, "A word.", (move,), "com pounded", "compounded", 1)
    ledger = Ledger(len(source), (edit,))
    assert ledger.replay(source) == "to compounded\n\f the\n\flast"
    assert ledger.undo(ledger.replay(source)) == source


def test_a_replacement_inside_a_moved_span_goes_with_it() -> None:
    source = "abc xyz end"
    edits = [an_edit((Move(0, 4, "abc ", 7),)), an_edit((Replace(1, 2, "b", "B"),))]
    account = Account(edits)
    assert Ledger(len(source), tuple(account.edits)).replay(source) == "xyz aBc end"


def test_moved_out_is_kept_in_order() -> None:
    edits = (an_edit((Move(6, 8, "zz"),)), an_edit((Move(0, 2, "aa"),)))
    assert [move.before for _, move in Ledger(8, edits).moved_out()] == ["aa", "zz"]


def test_running_order_without_moves_is_the_source() -> None:
    assert running_order(5, []) == [(0, 5)]
    assert running_order(0, []) == []


def test_another_text_is_refused() -> None:
    ledger = Ledger(5, (an_edit((Replace(0, 1, "a", "b"),)),))
    with pytest.raises(InvalidRecord):
        ledger.replay("abc")
    with pytest.raises(InvalidRecord):
        ledger.undo("abcde")
    with pytest.raises(InvalidRecord):
        ledger.undo("bbcdef")


@pytest.mark.parametrize("row", [{}, {"changes": [{"op": "delete"}]}, {"changes": [{"op": "move"}]}, {"changes": [7]}])
def test_a_broken_record_is_refused(row: dict[str, object]) -> None:
    with pytest.raises(InvalidRecord):
        edit_from_record(row)
