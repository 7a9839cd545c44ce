"""Notes at the foot of a page, and the shape of lines."""

from __future__ import annotations

import pytest

from pipeline.draft import Draft
from pipeline.layout import body_end, find_notes, line_shapes, note_number, without_number


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
