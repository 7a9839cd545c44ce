"""Which words are right, by a truth laid beside them."""

from __future__ import annotations

from pipeline.evaluate.labels import RIGHT, SPACING, UNJUDGED, WRONG, label


def states(text: str, truth: str, *, pages: bool = True) -> list[int]:
    return label(text, truth, pages=pages).states.tolist()


def test_words_are_right_wrong_or_only_wrongly_spaced() -> None:
    assert states("the cat sat", "the cat sat") == [RIGHT] * 3
    assert states("the cut sat", "the cat sat") == [RIGHT, WRONG, RIGHT]
    assert states("the con sul satdown", "the consul sat down") == [RIGHT, SPACING, SPACING, SPACING]


def test_quotes_dashes_and_broken_words_are_compared_as_elsewhere() -> None:
    assert states("“Yes” — the Govern-\nment", '"Yes" - the Government') == [RIGHT] * 5
    assert states("the Govern\nment of", "the Govern\N{SOFT HYPHEN}\nment of", pages=False) == [RIGHT, SPACING, SPACING, RIGHT]
    assert states("see op. cit. p.4 , (1)", "see op.cit. p.4,(1)", pages=False) == [RIGHT] * 6
    assert states("- 3 -\ntaken by short-\nhanded men—or", "- 3 -\ntaken by short-handed men -- or") == [RIGHT] * 8


def test_what_is_lost_is_counted_and_blamed_on_no_word() -> None:
    found = label("the cat down", "the cat sat down", pages=True)
    assert found.states.tolist() == [RIGHT] * 3 and found.missed == 1


def test_another_order_of_reading_makes_no_word_wrong() -> None:
    first, second = "one fine day the consul went to town by train", "in the evening he returned with seven live geese"
    found = states(f"{first}\n{second}", f"{second}\n{first}")
    assert found == [RIGHT] * len(found)
    assert states(f"{first}\n{second.replace('geese', 'gcese')}", f"{second}\n{first}").count(WRONG) == 1


def test_a_line_that_the_truth_leaves_out_is_not_judged() -> None:
    found = states("LEGATION OF NOWHERE\nSir,\nI have the honour", "Sir,\nI have the honour")
    assert found == [UNJUDGED] * 3 + [RIGHT] * 5
    assert states("Sir, zq\nI have", "Sir,\nI have") == [RIGHT, WRONG, RIGHT, RIGHT]


def test_empty_texts() -> None:
    assert states("", "the cat") == [] and label("", "the cat", pages=True).missed == 2
    assert states("the cat", "") == [UNJUDGED] * 2
