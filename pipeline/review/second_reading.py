"""The second reading: places that one reader decided are shown to another, who does not see how; where the two disagree, a third
look settles it.

How far two readers agree is said as a share, and as Cohen's kappa (Cohen, "A coefficient of agreement for nominal scales",
Educational and Psychological Measurement 20, 1960) on whether a place is left as it stands or changed: chance alone gives 0. The
words for its size are those of Landis and Koch, "The measurement of observer agreement for categorical data", Biometrics 33,
1977.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from pipeline.decisions.store import Store
from pipeline.review.deciding import Decide, Stale, decide, short
from pipeline.review.packets import IN_PACKET
from pipeline.review.queueing import Doubt, doubt_of

DECIDED = (
    "FROM packets JOIN doubts ON doubts.state = 1 JOIN documents ON documents.number = doubts.document "
    "JOIN steps ON steps.number = doubts.step JOIN decisions ON decisions.number = (SELECT one.number FROM decisions AS one "
    "WHERE one.step = doubts.step AND one.document = documents.folder AND one.start <= doubts.start AND one.end >= doubts.end "
    f"LIMIT 1) WHERE packets.number = ? AND {IN_PACKET} "
    "AND substr(decisions.id, 1, 4) < CASE WHEN packets.second >= 1 THEN 'g' ELSE printf('%04x', packets.second * 65536) END "
    "AND NOT EXISTS (SELECT 1 FROM opinions AS third WHERE third.settled = doubts.step)"
)
"""Places that were decided and that belong to the sample of a packet: ids are drawn at random, and their first digits choose."""
HOLDS = "opinions JOIN steps AS own ON own.number = opinions.step AND own.undone IS NULL"
"""Opinions that were not undone."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two readers' findings on the same places: how many, on how many they `agree`, on how many they do not and nobody has
    settled it, and Cohen's kappa, None where it says nothing because both always did the same."""

    places: int
    agree: int
    unsettled: int
    kappa: float | None

    @property
    def words(self) -> str:
        """What the kappa means."""
        names = ((0.81, "almost perfect"), (0.61, "substantial"), (0.41, "moderate"), (0.21, "fair"), (0.0, "slight"))
        return "" if self.kappa is None else next((name for least, name in names if self.kappa >= least), "worse than chance")


def next_blind(store: Store, packet: int, reader: str) -> Doubt | None:
    """A place of a packet that another reader decided and that wants a second opinion; None where this reader has none left."""
    row = store.connection.execute(
        f"SELECT doubts.number {DECIDED} AND steps.reader != ? "
        f"AND NOT EXISTS (SELECT 1 FROM {HOLDS} WHERE opinions.decision = decisions.number) ORDER BY doubts.number LIMIT 1",
        (packet, reader),
    ).fetchone()
    return doubt_of(store, row[0]) if row else None


def waiting(connection: sqlite3.Connection, packet: int) -> int:
    """How many places of a packet want a second opinion."""
    row = connection.execute(
        f"SELECT count(*) {DECIDED} AND NOT EXISTS (SELECT 1 FROM {HOLDS} WHERE opinions.decision = decisions.number)", (packet,)
    ).fetchone()
    return int(row[0])


def give_opinion(store: Store, reader: str, packet: int, doubt: int, text: str, seconds: float = 0) -> bool:
    """Record how a second reader would have a place read; whether that is what the first one decided. Raises Stale,
    ValueError."""
    with store.writing() as connection:
        row = connection.execute(
            f"SELECT decisions.number, decisions.after, doubts.stands, steps.reader {DECIDED} AND doubts.number = ?",
            (packet, doubt),
        ).fetchone()
        if row is None:
            raise Stale("The decision on this was undone meanwhile.")
        if row["reader"] == reader:
            raise ValueError("a second opinion is another reader's")
        told = connection.execute(f"SELECT 1 FROM {HOLDS} WHERE opinions.decision = ?", (row["number"],)).fetchone()
        if told:
            raise Stale("Somebody has given a second opinion on this meanwhile.")
        step = store.begin_step(connection, reader, f"second reading of “{short(row['stands'])}”", seconds)
        connection.execute(
            "INSERT INTO opinions (step, packet, decision, reader, stands, first, second) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (step, packet, row["number"], reader, row["stands"], row["after"], text),
        )
        return bool(row["after"] == text)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """An opinion (its number) that is not what the first reader decided, and the place. `texts`: both, in an order that does not
    tell which was first."""

    number: int
    doubt: Doubt
    texts: tuple[str, str]


UNSETTLED = (
    f"FROM {HOLDS} JOIN decisions ON decisions.number = opinions.decision "
    "JOIN steps AS firsts ON firsts.number = decisions.step AND firsts.undone IS NULL "
    "JOIN documents ON documents.folder = decisions.document AND documents.source = decisions.source "
    "JOIN doubts ON doubts.document = documents.number AND doubts.start >= decisions.start AND doubts.end <= decisions.end "
    "AND doubts.step = decisions.step LEFT JOIN steps AS settling ON settling.number = opinions.settled "
    "WHERE opinions.first != opinions.second AND (settling.number IS NULL OR settling.undone IS NOT NULL)"
)


def next_disagreement(store: Store, number: int = 0) -> Disagreement | None:
    """A disagreement that nobody has settled, or one by its number."""
    row = store.connection.execute(
        f"SELECT opinions.number, doubts.number AS doubt, first, second {UNSETTLED} AND ? IN (0, opinions.number) "
        "ORDER BY opinions.number LIMIT 1".replace(" first, second ", " opinions.first, opinions.second "),
        (number,),
    ).fetchone()
    doubt = doubt_of(store, row[1]) if row else None
    return Disagreement(row[0], doubt, (min(row[2], row[3]), max(row[2], row[3]))) if row and doubt else None


def settle(store: Store, reader: str, number: int, text: str, seconds: float = 0) -> str:
    """Settle a disagreement: the place shall read `text`. What holds already is confirmed, anything else is decided. A label of
    what was done. Raises Stale, ValueError."""
    found = next_disagreement(store, number)
    if found is None:
        raise Stale("This has been settled meanwhile.")
    done = decide(store, reader, settling(found.doubt, text, seconds))
    with store.writing() as connection:
        connection.execute("UPDATE opinions SET settled = ? WHERE number = ?", (done.step, number))
    return done.label


def settling(doubt: Doubt, text: str, seconds: float) -> Decide:
    """The decision by which a place reads `text`."""
    told = {"doubts": (doubt.number,), "seen": {doubt.number: doubt.step}, "pictured": doubt.pictured, "seconds": seconds}
    options = [option.text for option in doubt.options]
    if text == doubt.stands and doubt.kind != "held":
        return Decide("right", **told)  # type: ignore[arg-type]
    if text == doubt.before:
        return Decide("keep", **told)  # type: ignore[arg-type]
    if text in options:
        return Decide("accept", option=options.index(text), **told)  # type: ignore[arg-type]
    return Decide("write", text=text, **told)  # type: ignore[arg-type]


def agreement(connection: sqlite3.Connection, packet: int = 0) -> Agreement:
    """How far the second readers of a packet, or of all, agree with the first."""
    rows = connection.execute(
        f"SELECT opinions.stands, opinions.first, opinions.second FROM {HOLDS} "
        "JOIN decisions ON decisions.number = opinions.decision JOIN steps ON steps.number = decisions.step "
        "AND (steps.undone IS NULL) WHERE ? IN (0, opinions.packet)",
        (packet,),
    ).fetchall()
    unsettled = connection.execute(f"SELECT count(*) {UNSETTLED} AND ? IN (0, opinions.packet)", (packet,)).fetchone()[0]
    pairs = [(first == stands, second == stands) for stands, first, second in rows]
    return Agreement(len(rows), sum(first == second for _, first, second in rows), int(unsettled), kappa(pairs))


def kappa(pairs: list[tuple[bool, bool]]) -> float | None:
    """Cohen's kappa of two readers' yes or no; None where it is not defined."""
    if not pairs:
        return None
    size = len(pairs)
    same = sum(one == other for one, other in pairs) / size
    one, other = (sum(pair[at] for pair in pairs) / size for at in (0, 1))
    chance = one * other + (1 - one) * (1 - other)
    return None if chance >= 1 - 1e-12 else (same - chance) / (1 - chance)
