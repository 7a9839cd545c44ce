"""Counting what is left in the background, so that no page waits for it: the words of the project are kept, and counted again
when the log has changed."""

from __future__ import annotations

import logging
import threading

from pipeline.decisions.store import Store
from pipeline.review.desk import Desk
from pipeline.review.stopping import Standing, count, keep, kept, state_key
from pipeline.review.words import Words, load

WAIT = 0.4
"""Seconds that a page waits for a new count, before it shows the last one."""


class Counter:
    """Counts for one desk, one count at a time."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.lock = threading.Lock()
        self.thread: threading.Thread | None = None
        self.held: tuple[str, Words] | None = None
        self.failed = ""
        """The state on which counting failed; it is not tried again."""

    def standing(self, wait: float = WAIT) -> tuple[Standing | None, bool]:
        """Where the project stood when it was counted last, and whether that is how it stands now."""
        key = state_key(self.store.connection)
        found = kept(self.store.connection)
        if found is not None and found[1] == key:
            return found[0], True
        self.start(key)
        if self.thread is not None:
            self.thread.join(wait)
        found = kept(self.store.connection)
        return (None, False) if found is None else (found[0], found[1] == key)

    def start(self, key: str) -> None:
        """Begin to count, unless that is being done."""
        with self.lock:
            if (self.thread is None or not self.thread.is_alive()) and key != self.failed:
                self.thread = threading.Thread(target=self.run, args=(key,), name="counting", daemon=True)
                self.thread.start()

    def run(self, key: str) -> None:
        try:
            connection = self.store.connection
            keep(self.store, count(connection, self.words()), key)
        except Exception:
            self.failed = key
            logging.getLogger("errata").exception("what is left could not be counted")
        finally:
            self.store.connection.close()
            del self.store.local.connection

    def words(self) -> Words:
        """The words of the project as the tables have them now."""
        connection = self.store.connection
        made = str(connection.execute("SELECT group_concat(number || made) FROM documents").fetchone()[0])
        if self.held is None or self.held[0] != made:
            self.held = made, load(connection)
        return self.held[1]


def counter_of(desk: Desk) -> Counter:
    """The counter of a desk."""
    found: Counter = desk.offered.setdefault("counter", Counter(desk.store))
    return found
