"""The rows of exported decisions, and what each must be to be taken in: files come from anywhere."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from pipeline.decisions.model import Choice
from pipeline.ledger import Kind

LONGEST_LINE = 4_000_000
"""Characters of a line, at most."""
FURTHEST = 1 << 40


def within(document: str) -> str:
    """The name of a document's folder, if it leads nowhere else."""
    path = PurePosixPath(document)
    if not document or path.is_absolute() or ".." in path.parts or "\\" in document or "\0" in document:
        raise ValueError("leads out of the project")
    return document


def printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("has characters that cannot be shown")
    return text


Text = Annotated[str, Field(max_length=1_000_000)]
Name = Annotated[str, Field(max_length=200), AfterValidator(printable)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,80}$")]
Document = Annotated[str, Field(max_length=1000), AfterValidator(within)]
Time = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT[0-9:.+Z-]{5,30}$")]
Offset = Annotated[int, Field(ge=0, le=FURTHEST)]
Number = Annotated[int, Field(ge=1, le=FURTHEST)]
Boxed = Annotated[str, Field(pattern=r"^(-?\d{1,9} -?\d{1,9} -?\d{1,9} -?\d{1,9})?$")]


class Strict(BaseModel):
    """A row that has just these fields, of just these types."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Header(Strict):
    format: str
    version: Number


class StepRecord(Strict):
    """A step: see the table of that name."""

    type: Literal["step"] = "step"
    id: Id
    reader: Name
    made: Time
    label: Annotated[str, Field(max_length=1000)]
    seconds: Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)] = 0.0
    undone: Time | None = None
    undone_by: Name | None = None
    dropped: Annotated[int, Field(ge=0, le=1)] = 0


class ChangeRecord(Strict):
    """A change of an edit."""

    op: Literal["replace", "move"]
    start: Offset
    end: Offset
    before: Text
    after: Text | None = None
    behind: Offset | None = None

    @model_validator(mode="after")
    def check(self) -> ChangeRecord:
        if self.end <= self.start or len(self.before) != self.end - self.start:
            raise ValueError("what was read is not as long as its place")
        if (self.op == "replace") != (self.after is not None) or (self.op == "replace" and self.behind is not None):
            raise ValueError("not a change")
        return self


class EditRecord(Strict):
    """An edit: see `pipeline.ledger.edit_record`."""

    state: Literal["applied", "held"]
    place: Offset
    kind: Kind
    rule: Name
    action: Literal["replace", "join", "move"]
    probability: Annotated[float, Field(ge=0, le=1)]
    reason: Text
    changes: Annotated[list[ChangeRecord], Field(min_length=1, max_length=10_000)]
    before: Text
    after: Text
    page: Number
    alternatives: list[Text] = []

    def row(self) -> dict[str, Any]:
        """As the ledger writes it."""
        unused = {"replace": {"behind"}, "move": {"after"}}
        changes = [change.model_dump(exclude=unused[change.op]) for change in self.changes]
        return {**self.model_dump(), "changes": changes}


class Part(Strict):
    """Something that was done in a step."""

    SHOWN: ClassVar[frozenset[str]] = frozenset(("type", "step"))
    step: Id

    def columns(self) -> dict[str, Any]:
        """The values of the table's columns, but the step."""
        return self.model_dump(exclude=set(self.SHOWN))


class DecisionRecord(Part):
    """A decision: see `pipeline.decisions.model`."""

    type: Literal["decision"] = "decision"
    id: Id
    document: Document
    choice: Choice
    source: Name
    start: Offset
    end: Offset
    before: Text
    left: Annotated[str, Field(max_length=1000)]
    right: Annotated[str, Field(max_length=1000)]
    page: Number
    scan: Name
    box: Boxed
    after: Text
    places: Annotated[list[Annotated[list[Offset], Field(min_length=2, max_length=2)]], Field(max_length=10_000)]
    edits: Annotated[list[EditRecord], Field(max_length=100_000)]
    rule: Name
    conjecture: bool

    @model_validator(mode="after")
    def check(self) -> DecisionRecord:
        if self.end < self.start or any(end <= start for start, end in self.places):
            raise ValueError("a place ends before it begins")
        return self

    def columns(self) -> dict[str, Any]:
        edits = json.dumps([edit.row() for edit in self.edits])
        return {**super().columns(), "places": json.dumps(self.places), "edits": edits, "conjecture": int(self.conjecture)}


class ReadingRecord(Part):
    """A line that was read."""

    type: Literal["reading"] = "reading"
    document: Document
    page: Number
    line: Number
    text: Text
    wrong: Offset
    drawn: bool


class WordRecord(Part):
    """A form that was added to the dictionary."""

    type: Literal["word"] = "word"
    form: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(printable)]
    kind: Literal["name", "word", "reference"]


class LockRecord(Part):
    """What was locked."""

    type: Literal["lock"] = "lock"
    document: Document
    page: Number | None


TABLES: dict[str, type[Part]] = {
    "decisions": DecisionRecord,
    "readings": ReadingRecord,
    "dictionary": WordRecord,
    "locks": LockRecord,
}
"""What the log has of a step, by its tables."""
RECORDS: dict[str, type[Part]] = {str(kind.model_fields["type"].default): kind for kind in TABLES.values()}
