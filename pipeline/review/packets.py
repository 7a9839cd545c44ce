"""Packets: parts of the work that readers take, a run of pages or a class of doubts, of some documents or of all."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.decisions.store import Store, now

LONGEST = 80
IN_PACKET = (
    "(packets.documents = '[]' OR documents.folder IN (SELECT value FROM json_each(packets.documents))) "
    "AND (packets.first IS NULL OR doubts.page >= packets.first) AND (packets.last IS NULL OR doubts.page <= packets.last) "
    "AND (packets.class = '' OR doubts.class = packets.class)"
)
"""A condition on doubts, documents and packets that are joined: that the doubt belongs to the packet."""


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet, see the table. `documents`: folders, none for all; `doubts`, of which `open`: what belongs to it now."""

    number: int
    name: str
    documents: tuple[str, ...]
    first: int | None
    last: int | None
    of: str
    reader: str
    second: float
    doubts: int
    open: int


def packets(connection: sqlite3.Connection) -> list[Packet]:
    """All packets that are not closed, in the order in which they were made."""
    rows = connection.execute(
        "SELECT packets.*, count(doubts.number) AS doubts, coalesce(sum(doubts.state = 0), 0) AS open FROM packets "
        f"LEFT JOIN documents ON 1 LEFT JOIN doubts ON doubts.document = documents.number AND {IN_PACKET} "
        "WHERE packets.closed IS NULL GROUP BY packets.number ORDER BY packets.number"
    )
    return [packet_from(row) for row in rows]


def packet_from(row: sqlite3.Row) -> Packet:
    where = (tuple(json.loads(row["documents"])), row["first"], row["last"], row["class"])
    return Packet(row["number"], row["name"], *where, row["reader"], row["second"], row["doubts"], row["open"])


def make_packet(
    store: Store,
    name: str,
    folders: Sequence[str],
    pages: tuple[int | None, int | None],
    of: str,
    second: float,
    reader: str = "",
) -> int:
    """Make a packet, and give its number. Raises ValueError for one that makes no sense."""
    name = " ".join(name.split())[:LONGEST]
    first, last = pages
    if not name or not name.isprintable():
        raise ValueError("a packet wants a name")
    if first is not None and last is not None and first > last:
        raise ValueError("the first page lies behind the last")
    if not 0 <= second <= 1:
        raise ValueError("the share for a second reading lies between 0 and 100 %")
    with store.writing() as connection:
        known = {row[0] for row in connection.execute("SELECT folder FROM documents")}
        if not set(folders) <= known:
            raise ValueError("there is no such document")
        row = connection.execute(
            "INSERT INTO packets (name, documents, first, last, class, reader, second, made) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
            "RETURNING number",
            (name, json.dumps(list(folders)), first, last, of, reader, second, now()),
        ).fetchone()
    return int(row[0])


def take_packet(store: Store, number: int, reader: str) -> bool:
    """Give a free packet to a reader; whether it was free."""
    with store.writing() as connection:
        query = "UPDATE packets SET reader = ? WHERE number = ? AND reader IN ('', ?) AND closed IS NULL"
        return bool(connection.execute(query, (reader, number, reader)).rowcount)


def free_packet(store: Store, number: int) -> None:
    """Make a packet free to take again."""
    with store.writing() as connection:
        connection.execute("UPDATE packets SET reader = '' WHERE number = ?", (number,))


def close_packet(store: Store, number: int) -> None:
    """Give a packet up; what was decided in it stays."""
    with store.writing() as connection:
        connection.execute("UPDATE packets SET closed = ? WHERE number = ? AND closed IS NULL", (now(), number))
