"""Notes at the foot of a page, and the shape of lines."""

from __future__ import annotations

import pytest

from pipeline.draft import Draft, DraftLine
from pipeline.layout import Note, body_end, find_notes, line_shapes, note_number, without_number


def notes(text: str) -> list[tuple[int, str]]:
    """(number, first line) of every note of a page."""
    page = Draft(text).pages[0]
    return [(note.number, page[note.first].text) for note in find_notes(page)]


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("1. Orde, op. cit.", 1),
        ("2, Carr, p.4.", 2),
        ("l. Orde, op. cit.", 1),
        ("I. Orde", 1),
        ("X. Orde", 1),
        ("•2. Orde", 2),
        (". 1. Note by Orde", 1),
        ("2 • Inprecor", 2),
        ("2„ Cabinet", 2),
        ("3.. Strang", 3),
        ("12. Orde", 12),
        ("(1) Minute by Orde", 1),
        ("1.5 million", None),
        ("1, 2 and 3", None),
        ("1927. The year", None),
        ("No. 272.", None),
        ("2 December 1927", None),
        ("", None),
    ],
)
def test_note_numbers(line: str, number: int | None) -> None:
    assert note_number(line) == number


def test_the_text_behind_the_number() -> None:
    assert without_number("•2. Orde, op. cit.") == "Orde, op. cit."
    assert without_number("(1) Minute by Orde") == "Minute by Orde"
    assert without_number("Minute by Orde") == "Minute by Orde"


def test_notes_stand_at_the_foot() -> None:
    text = "He had three aims:\n1. money\n2. fame.\nAll failed (1), or so (2).\n\n1. Orde.\nop. cit.\n\n2. Carr.\n"
    assert notes(text) == [(1, "1. Orde."), (2, "2. Carr.")]
    page = Draft(text).pages[0]
    assert body_end(page, find_notes(page)) == 4


def test_a_first_note_behind_a_body_that_breaks_off() -> None:
    assert notes("It was so (1), and (2), when they\n1. Orde.\n2. Carr.\n") == [(1, "1. Orde."), (2, "2. Carr.")]
    assert notes("It was so in 1926, when they\n1. Orde.\n") == []


def test_a_first_note_whose_number_is_lost_or_misread() -> None:
    assert notes("It was so (1), and so (2).\n\n3.. Orde.\n\n2. Carr.\n") == [(1, "3.. Orde."), (2, "2. Carr.")]
    assert notes("It was so (1), and so (2).\nOrde, op. cit.\n\n2. Carr.\n") == [(2, "2. Carr.")]
    assert notes("It was so.\n\n2. Carr came.\n") == []


def test_a_figure_too_many() -> None:
    assert notes("So (1) it was (2).\n\n1. Orde.\n\n21. Carr.\n") == [(1, "1. Orde."), (2, "21. Carr.")]


def test_initials_at_a_line_start_begin_no_notes() -> None:
    text = "So (1) it was (2).\n\n1. Orde, and his friend.\nI. Gorokhov, p.8.\n\n2. Carr.\n"
    assert notes(text) == [(1, "1. Orde, and his friend."), (2, "2. Carr.")]


def test_line_shapes() -> None:
    paragraph = (
        "The opening line of a paragraph, cut short by its indent\n"
        + "A line of the full width, as it is inside of a paragraph.....\n" * 3
    )
    shapes = line_shapes(Draft((paragraph + "\n") * 24).lines)
    assert (shapes.full, shapes.opening) == (61, 56)
    assert line_shapes(Draft("A line.\n" * 5).lines) == line_shapes([])


def marked(text: str, *notes: str) -> list[DraftLine]:
    """The lines of a page, of which some are known to be notes by their place."""
    lines, at = [], 0
    for line in text.split("\n"):
        lines.append(DraftLine(at, at + len(line), line, 1, "footnote" if line in notes else ""))
        at += len(line) + 1
    return lines


def test_notes_with_stars_are_found_by_their_place() -> None:
    lines = marked("The harvest* was lost.\nNobody wrote home.\n\n* So he says.\nIt was May.", "* So he says.", "It was May.")
    assert find_notes(lines) == [Note(0, 3, 5)]
    assert body_end(lines, find_notes(lines)) == 2


def test_notes_that_count_on_through_a_book_are_found_by_their_place() -> None:
    text = "The harvest was lost.\n\nas he had said before.\n14. Orde, p. 3.\n15. Coates.\n"
    lines = marked(text, "as he had said before.", "14. Orde, p. 3.", "15. Coates.")
    assert find_notes(lines) == [Note(0, 2, 3), Note(14, 3, 4), Note(15, 4, 5)]


def test_lines_that_are_marked_as_notes_in_the_middle_of_a_page_count_for_nothing() -> None:
    lines = marked("The harvest was lost.\n* So he says.\nNobody wrote home.", "* So he says.")
    assert find_notes(lines) == []
