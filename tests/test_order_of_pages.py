"""In which order the steps of a run over scans are taken."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from pipeline.batch.journal import Journal
from pipeline.batch.order import Order
from pipeline.batch.outcomes import Outcome
from pipeline.batch.scans import LAST, Flow
from pipeline.batch.stamp import Stamp
from pipeline.batch.steps import Begin, Begun, Done, Finish
from pipeline.console import Console
from pipeline.decisions.locking import FREE
from pipeline.decisions.rulings import NOTHING
from pipeline.ocr.pages import PageRecord, PageRequest
from pipeline.run import process
from pipeline.settings import Settings
from pipeline.sources.discover import Document
from pipeline.sources.images import Frame


def flow_of(folder: Path, *documents: list[int], jobs: int = 1) -> Flow:
    """A run over documents whose pages have files of so many bytes."""
    found = []
    for name, sizes in zip("abcdef", documents, strict=False):
        (folder / name).mkdir(parents=True)
        for number, size in enumerate(sizes, 1):
            (folder / name / f"{number}.png").write_bytes(bytes(size))
        paths = tuple(folder / name / f"{number}.png" for number in range(1, len(sizes) + 1))
        found.append(Document(name, paths, PurePosixPath(name)))
    order = Order(folder, Settings(jobs=jobs))
    return Flow(found, order, folder, Console(quiet=True), process, Journal(folder))


def begun(flow: Flow, at: int) -> Done:
    document = flow.documents[at]
    pages = tuple((number, Frame(path)) for number, path in enumerate(document.inputs, 1))
    return Done(at, Begun(Stamp("digitise", document.name, "", "", ""), NOTHING, FREE, pages))


def numbers(flow: Flow, count: int) -> list[int]:
    """The pages that are read next."""
    found = []
    for _ in range(count):
        task = next(flow).task
        assert isinstance(task, PageRequest)
        found.append(task.number)
    return found


def test_the_last_pages_end_with_the_small_ones(tmp_path: Path) -> None:
    head, tail = [5, 1, 9], [3, 1, 0, 2, 7, 3, 1, 8]
    flow = flow_of(tmp_path, head + tail, jobs=len(tail) // LAST)
    assert isinstance(next(flow).task, Begin)
    flow.take(begun(flow, 0))
    assert numbers(flow, 11) == [1, 2, 3, 11, 8, 4, 9, 7, 5, 10, 6]
    assert list(flow) == []


def test_what_can_be_finished_comes_first_and_nothing_is_begun_before_it_is_needed(tmp_path: Path) -> None:
    flow = flow_of(tmp_path, [1, 1], [1])
    assert [next(flow).at, flow.total(), list(flow.open)] == [0, 3, []]
    flow.take(begun(flow, 0))
    assert numbers(flow, 2) == [1, 2]
    flow.take(Done(0, PageRecord(1, "", 1)))
    assert isinstance(step := next(flow).task, Begin) and step.document.name == "b"
    flow.take(Done(0, PageRecord(2, "", 1)))
    flow.take(begun(flow, 1))
    finishing = next(flow)
    assert isinstance(finishing.task, Finish) and (finishing.at, finishing.task.numbers) == (0, (1, 2))
    flow.take(Done(0, Outcome("a", tmp_path / "a", "done")))
    assert (list(flow.open), flow.left, numbers(flow, 1)) == ([1], 1, [1])


def test_the_number_of_pages_is_made_out_as_books_are_opened(tmp_path: Path) -> None:
    books = [Document(name, (tmp_path / f"{name}.pdf",), PurePosixPath(name)) for name in "abc"]
    flow = Flow(books, Order(tmp_path, Settings(jobs=1)), tmp_path, Console(quiet=True), process, Journal(tmp_path))
    assert flow.total() == 3
    next(flow)
    pages = tuple((number, Frame(books[0].inputs[0], number)) for number in range(1, 11))
    flow.take(Done(0, Begun(Stamp("digitise", "a", "", "", ""), NOTHING, FREE, pages)))
    assert flow.total() == 30
    flow.take(Done(1, Outcome("b", tmp_path / "b", "already done")))
    assert flow.total() == 20
