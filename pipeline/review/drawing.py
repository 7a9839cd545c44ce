"""Lines drawn at random for a reader to check: what they show of the whole, they show of what nobody has looked at."""

from __future__ import annotations

from dataclasses import dataclass
from random import SystemRandom

from pipeline.decisions.store import Store
from pipeline.review.deciding import short

TRIES = 400


@dataclass(frozen=True, slots=True)
class Line:
    """A line that was drawn: see `pipeline.review.schema`. `name`: what its page is called."""

    number: int
    document: int
    folder: str
    page: int
    name: str
    text: str
    pictured: bool

    @property
    def words(self) -> list[str]:
        return self.text.split()


def drawn_line(store: Store, number: int = 0) -> Line | None:
    """A line drawn at random among those of which nothing was decided and that nobody read (each as likely), or one by its
    number; None where none is left."""
    connection = store.connection
    last = connection.execute("SELECT coalesce(max(number), 0) FROM lines").fetchone()[0]
    chance = SystemRandom()
    for _ in range(1 if number else min(TRIES, 4 * last)):
        row = connection.execute(
            "SELECT lines.number, lines.document, folder, lines.page, pages.name, text, images AND box != '' AND path != '' "
            "FROM lines JOIN documents ON documents.number = lines.document "
            "JOIN pages ON pages.document = lines.document AND pages.page = lines.page WHERE lines.number = ? "
            "AND (? OR (NOT EXISTS (SELECT 1 FROM doubts WHERE doubts.line = lines.number AND state != 0) "
            "AND NOT EXISTS (SELECT 1 FROM readings JOIN steps ON steps.number = readings.step AND undone IS NULL "
            "WHERE readings.document = folder AND readings.page = lines.page AND readings.line = lines.line)))",
            (number or chance.randint(1, last), bool(number)),
        ).fetchone()
        if row is not None:
            return Line(row[0], row[1], row[2], row[3], row[4], row[5], bool(row[6]))
    return None


def take_reading(store: Store, reader: str, line: int, wrong: int, seconds: float) -> str:
    """Record that a line drawn at random was read, and so many of its words were wrong. Raises ValueError."""
    with store.writing() as connection:
        row = connection.execute(
            "SELECT lines.*, folder FROM lines JOIN documents ON documents.number = lines.document WHERE lines.number = ?",
            (line,),
        ).fetchone()
        if row is None or not 0 <= wrong <= row["words"]:
            raise ValueError("there is no such line, or it has fewer words")
        label = f"read: “{short(row['text'])}”, " + ("all right" if not wrong else f"{wrong} wrong")
        step = store.begin_step(connection, reader, label, seconds)
        connection.execute(
            "INSERT INTO readings (step, document, page, line, text, wrong, drawn, expected) VALUES (?, ?, ?, ?, ?, ?, 1, ?)",
            (step, row["folder"], row["page"], row["line"], row["text"].strip(), wrong, row["risk"]),
        )
    return label
