"""Decisions: what they do to a ledger, how typed text becomes an edit, and the log that keeps them."""

from __future__ import annotations

from pathlib import Path
from time import process_time

from hypothesis import given
from hypothesis import strategies as st
from test_engine_properties import OCR_TEXT

from pipeline.decisions.applying import Places, decided, reader_edit
from pipeline.decisions.holding import holding
from pipeline.decisions.model import Anchor, Choice, Decision
from pipeline.decisions.recording import record, redo_last, steps, undo_last
from pipeline.decisions.store import NAME, Store
from pipeline.draft import Draft
from pipeline.ledger import Edit, Ledger, Move, Replace
from pipeline.run import process
from pipeline.settings import Settings
from pipeline.sources.text import read_text


def edit(*changes: Replace | Move, rule: str = "letters", before: str = "", after: str = "") -> Edit:
    return Edit("word", rule, "replace", 0.9, "A reason.", changes, before, after, 1)


def decision(choice: Choice, *places: tuple[int, int], edits: tuple[Edit, ...] = (), made: str = "1") -> Decision:
    anchor = Anchor("hash", places[0][0], places[-1][1], "", "", "", 1)
    return Decision(made, made, "doc", choice, anchor, "", places, edits, reader="Anna", made=made)


TEXT = "The Goverment sent Narkoraindel a note.\n"
GOVERNMENT = edit(Replace(4, 13, "Goverment", "Government"))
COMMISSARIAT = edit(Replace(19, 31, "Narkoraindel", "Narkomindel"))


def test_a_suggestion_is_accepted_and_a_change_refused() -> None:
    ledger = Ledger(len(TEXT), (GOVERNMENT,), (COMMISSARIAT,))
    after = decided(ledger, [decision("accept", (19, 31), edits=(COMMISSARIAT,)), decision("keep", (4, 13))])
    assert after.replay(TEXT) == "The Goverment sent Narkomindel a note.\n"
    assert after.undo(after.replay(TEXT)) == TEXT
    assert [e.changes for e in after.held] == [GOVERNMENT.changes] and "kept as read by Anna" in after.held[0].reason
    assert after.applied[0].probability == 1 and after.applied[0].reason == "A reason. (accepted by Anna)"
    assert decided(ledger, []) == ledger


def test_a_suggestion_that_is_refused_is_gone_and_later_decisions_win() -> None:
    ledger = Ledger(len(TEXT), (), (COMMISSARIAT,))
    refused = decided(ledger, [decision("keep", (19, 31))])
    assert not refused.held and refused.settled[0].reason == "kept as read by Anna"
    accepted = decided(ledger, [decision("keep", (19, 31)), decision("accept", (19, 31), edits=(COMMISSARIAT,))])
    assert "Narkomindel" in accepted.replay(TEXT)
    assert decided(ledger, [decision("unclear", (19, 31))]) == ledger


def typed(source: str, edits: tuple[Edit, ...], old: str, new: str) -> str:
    """The clean text after a reader typed `new` for `old`, by the ledger."""
    draft = Draft(source, edits)
    start = draft.text.index(old)
    own = reader_edit(draft, start, start + len(old), new, "Anna")
    assert own is not None
    spans = tuple((c.start, c.end) for c in own.changes)
    ledger = decided(Ledger(len(source), edits), [decision("write", *spans, edits=(own,))])
    text = ledger.replay(source)
    assert ledger.undo(text) == source
    assert text == draft.text[:start] + new + draft.text[start + len(old) :]
    return text


def test_typing_over_what_edits_wrote() -> None:
    join = edit(Replace(3, 5, "-\n", ""), rule="line-end-hyphen")
    assert typed("con-\ncord here", (join,), "concord", "conquered") == "conquered here"
    quotes = edit(Replace(0, 1, "f", "“"), Replace(10, 11, "*", "”"), rule="quotes")
    assert typed("fBolshevik* rule", (quotes,), "“Bol", "“Men") == "“Menshevik” rule"
    assert typed("fBolshevik* rule", (quotes,), "“Bolshevik”", "Bolshevik") == "Bolshevik rule"
    number = edit(Move(10, 14, "\n12\n"), Replace(9, 10, "-", ""), rule="page-number")
    assert typed("the commi-\n12\nttee met", (number,), "committee", "commissar") == "the commissar met"
    assert typed(TEXT, (GOVERNMENT,), "Government sent", "Governments send") == "The Governments send Narkoraindel a note.\n"
    assert typed("a b", (), "a b", "a bc") == "a bc"
    assert typed("a b", (), "a b", "") == ""


@given(OCR_TEXT, st.data())
def test_what_is_typed_stands_and_can_be_undone(text: str, data: st.DataObject) -> None:
    if not text.strip():
        return
    source = read_text(text.encode("utf-8", "surrogatepass"), "text")
    ledger = process(source, Settings()).ledger
    draft = Draft(source.text, ledger.applied)
    start = data.draw(st.integers(0, len(draft.text)))
    end = data.draw(st.integers(start, min(len(draft.text), start + 30)))
    new = data.draw(st.text("abc ’", max_size=8))
    own = reader_edit(draft, start, end, new, "Anna") if draft.text else None
    if own is None:
        return
    spans = tuple((c.start, c.end) for c in own.changes)
    after = decided(ledger, [decision("write", *spans, edits=(own,))])
    assert after.replay(source.text) == draft.text[:start] + new + draft.text[end:]
    assert after.undo(after.replay(source.text)) == source.text


def test_the_log_keeps_and_undoes_steps(tmp_path: Path) -> None:
    store = Store(tmp_path / NAME)
    for number in (1, 2):
        with store.writing() as connection:
            step = store.begin_step(connection, "Anna", f"step {number}")
            record(
                connection, step, [decision("accept", (19, 31), edits=(COMMISSARIAT,), made=f"{number}-{at}") for at in range(3)]
            )
    assert [step.count for step in steps(store, 9)] == [3, 3] and len(holding(store, "doc")) == 6
    assert holding(Store(tmp_path / NAME), "doc")[0].edits == (COMMISSARIAT,)
    with store.writing() as connection:
        assert undo_last(connection, "Boris") is None
        undone = undo_last(connection, "Anna")
    assert undone is not None and undone.label == "step 2" and len(holding(store, "doc")) == 3
    with store.writing() as connection:
        assert undo_last(connection, "Anna") is not None
        assert undo_last(connection, "Anna") is None
        redone = redo_last(connection, "Anna")
    assert redone is not None and redone.label == "step 1" and len(holding(store, "doc")) == 3
    with store.writing() as connection:
        store.begin_step(connection, "Anna", "something else")
        assert redo_last(connection, "Anna") is None


@given(OCR_TEXT, st.data())
def test_any_decisions_leave_a_text_that_can_be_undone(text: str, data: st.DataObject) -> None:
    if not text.strip():
        return
    source = read_text(text.encode("utf-8", "surrogatepass"), "text")
    machine = process(source, Settings()).ledger
    edits = (*machine.applied, *machine.held)
    made: list[Decision] = []
    for number in range(data.draw(st.integers(0, 6)) if source.text else 0):
        choice = data.draw(st.sampled_from(["accept", "keep", "unclear", "right", "write"]))
        ledger = decided(machine, made)
        draft = Draft(source.text, ledger.applied)
        if choice == "accept" and edits:
            edit = data.draw(st.sampled_from(edits))
            spans = tuple((c.start, c.end) for c in edit.changes)
            made.append(decision("accept", *spans, edits=(edit,), made=str(number)))
        elif choice == "write" and draft.text:
            start = data.draw(st.integers(0, len(draft.text) - 1))
            own = reader_edit(draft, start, min(len(draft.text), start + 9), data.draw(st.text("xyz ", max_size=5)), "Anna")
            if own is not None:
                spans = tuple((c.start, c.end) for c in own.changes)
                made.append(decision("write", *spans, edits=(own,), made=str(number)))
        elif choice != "write":
            start = data.draw(st.integers(0, len(source.text) - 1))
            end = data.draw(st.integers(start + 1, min(len(source.text), start + 40)))
            standing = tuple(Places(ledger.applied).touching([(start, end)])) if choice == "right" else ()
            made.append(decision(choice if choice != "accept" else "keep", (start, end), edits=standing, made=str(number)))
            if choice == "right":
                assert decided(machine, made).replay(source.text) == draft.text
    after = decided(machine, made)
    assert after.undo(after.replay(source.text)) == source.text
    assert decided(machine, [one for one in made if one.choice == "unclear"]) == machine


def test_thousands_of_decisions_are_carried_out_at_once() -> None:
    word = "Narkoraindel came. "
    text = word * 9000
    edits = tuple(edit(Replace(at * len(word), at * len(word) + 12, "Narkoraindel", "Narkomindel")) for at in range(9000))
    made = [decision("accept", (e.place, e.place + 12), edits=(e,), made=str(n)) for n, e in enumerate(edits)]
    began = process_time()
    after = decided(Ledger(len(text), (), edits), made)
    draft = Draft(text, after.applied)
    assert all(draft.span_of(*one.places[0]) for one in made)
    assert process_time() - began < 4
    assert len(after.applied) == 9000 and not after.held


def test_what_is_recalled_of_a_log_is_worked_out_again_when_somebody_writes(tmp_path: Path) -> None:
    mine, other, looks = Store(tmp_path / NAME), Store(tmp_path / NAME), []

    def count(store: Store) -> int:
        looks.append(store)
        return int(store.connection.execute("SELECT count(*) FROM steps").fetchone()[0])

    assert [mine.recall(count), mine.recall(count)] == [0, 0] and len(looks) == 1
    for number, writer in enumerate((other, mine), 1):
        with writer.writing() as connection:
            writer.begin_step(connection, "", "a step")
        assert [mine.recall(count), mine.recall(count)] == [number, number] and len(looks) == 1 + number
    mine.close()
    assert mine.recall(count) == 2
    mine.close()
    other.close()
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
