"""From paths to documents, and where their results go."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pipeline.errors import BadArguments, UnreadableInput
from pipeline.sources.discover import documents_to_digitise
from pipeline.sources.places import clashing, distinct, safe
from pipeline.sources.to_clean import documents_to_clean

OUT = Path("nowhere")


def touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def places(documents: object) -> list[str]:
    return [str(document.relative_out) for document in documents]  # type: ignore[attr-defined]


def test_a_folder_of_images_is_one_document_in_natural_order(tmp_path: Path) -> None:
    box = tmp_path / "box"
    touch(box / "p10.png", box / "p2.jpg", box / "P1.TIF", box / "notes.txt", box / ".hidden.png")
    (found,) = documents_to_digitise([box], OUT)
    assert (found.name, [path.name for path in found.inputs]) == ("box", ["P1.TIF", "p2.jpg", "p10.png"])
    assert places(documents_to_digitise([box], OUT, each=True)) == ["P1", "p2", "p10"]


def test_pdfs_and_many_paged_tiffs_stand_alone(tmp_path: Path) -> None:
    box = tmp_path / "box"
    touch(box / "a.png", box / "b.pdf")
    page = Image.new("L", (20, 20), 255)
    page.save(box / "c.tif", save_all=True, append_images=[page])
    page.save(box / "d.tif")
    found = documents_to_digitise([box], OUT)
    assert {str(d.relative_out): [p.name for p in d.inputs] for d in found} == {
        "box": ["a.png", "d.tif"],
        "b": ["b.pdf"],
        "c": ["c.tif"],
    }


def test_images_named_together_are_one_document(tmp_path: Path) -> None:
    touch(tmp_path / "box" / "p10.png", tmp_path / "box" / "p9.png", tmp_path / "other" / "single.jpg")
    paths = [tmp_path / "box" / "p10.png", tmp_path / "box" / "p9.png", tmp_path / "other" / "single.jpg"]
    found = documents_to_digitise(paths, OUT)
    assert [(d.name, [p.name for p in d.inputs]) for d in found] == [("box", ["p9.png", "p10.png"]), ("single", ["single.jpg"])]


def test_a_glob_that_the_shell_left_alone(tmp_path: Path) -> None:
    touch(tmp_path / "b10.txt", tmp_path / "b9.txt", tmp_path / "[x].txt")
    assert places(documents_to_clean([str(tmp_path / "b*.txt")], OUT)) == ["b9", "b10"]
    assert places(documents_to_clean([tmp_path / "[x].txt"], OUT)) == ["[x]"]
    with pytest.raises(UnreadableInput, match="no file matches"):
        documents_to_clean([str(tmp_path / "c*.txt")], OUT)


def test_a_tree_of_texts_is_mirrored_and_equal_stems_kept_apart(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    touch(tree / "a.txt", tree / "a.md", tree / "one" / "a.txt", tree / "two" / "b.txt", tree / "two.txt", tree / "two" / "x.png")
    assert sorted(places(documents_to_clean([tree], OUT))) == ["a.md", "a.txt", "one/a", "two.txt", "two/b"]


def test_equal_names_in_two_arguments_are_kept_apart(tmp_path: Path) -> None:
    one, two, third = tmp_path / "one" / "a.txt", tmp_path / "two" / "a.txt", tmp_path / "x" / "two" / "A.txt"
    touch(one, two, third)
    assert sorted(places(documents_to_clean([one, two], OUT))) == ["one/a", "two/a"]
    assert sorted(places(documents_to_clean([one.parent, two.parent], OUT))) == ["one/a", "two/a"]
    assert sorted(places(documents_to_clean([two, third], OUT))) == ["two/A.txt-2", "two/a.txt"]
    assert len(documents_to_clean([one, one], OUT)) == 1


def test_a_folder_as_one_document_of_texts(tmp_path: Path) -> None:
    touch(tmp_path / "box" / "p10.txt", tmp_path / "box" / "p9.txt", tmp_path / "box" / "in" / "p1.txt")
    (found,) = documents_to_clean([tmp_path / "box"], OUT, whole=True)
    assert (found.name, found.whole, [path.name for path in found.inputs]) == ("box", True, ["p9.txt", "p10.txt"])


def test_the_output_folder_inside_the_input_is_left_out(tmp_path: Path) -> None:
    touch(tmp_path / "a.txt", tmp_path / "out" / "a" / "text.txt")
    assert places(documents_to_clean([tmp_path], tmp_path / "out")) == ["a"]


def test_a_loop_of_links_comes_to_an_end(tmp_path: Path) -> None:
    touch(tmp_path / "box" / "a.txt")
    (tmp_path / "box" / "loop").symlink_to(tmp_path / "box")
    assert places(documents_to_clean([tmp_path / "box"], OUT)) == ["a"]


@pytest.mark.parametrize("find", [documents_to_clean, documents_to_digitise])
def test_what_is_not_there(tmp_path: Path, find: object) -> None:
    assert callable(find)
    with pytest.raises(UnreadableInput, match="no such file"):
        find([tmp_path / "missing.txt"], OUT)
    (tmp_path / "empty").mkdir()
    with pytest.raises(UnreadableInput, match="in this folder"):
        find([tmp_path / "empty"], OUT)
    with pytest.raises(BadArguments):
        find([], OUT)


def test_a_text_given_to_digitise_is_sent_to_clean(tmp_path: Path) -> None:
    touch(tmp_path / "a.txt")
    with pytest.raises(UnreadableInput, match="errata clean"):
        documents_to_digitise([tmp_path / "a.txt"], OUT)


@pytest.mark.parametrize(
    ("given_path", "kept"),
    [("../../etc/x", "etc/x"), ("/abs", "abs"), ("a\nb/c:d", "a_b/c_d"), ("con/x. ", "_con/x"), ("..", "document"), ("...", "_")],
)
def test_names_are_safe(given_path: str, kept: str) -> None:
    assert str(safe(PurePosixPath(given_path))) == kept


NAMES = st.sampled_from(["a", "A", "b", "a.txt", "a-2", "..", "c"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(lambda parts: PurePosixPath(*parts))


@given(st.lists(st.tuples(PATHS, PATHS), max_size=8))
def test_places_never_meet(options: list[tuple[PurePosixPath, PurePosixPath]]) -> None:
    found = distinct(options)
    assert len(found) == len(options)
    assert not clashing(found)
