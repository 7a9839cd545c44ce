"""The seam between what is to be done and what does it: processes of this machine, or the machines of a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

Request = TypeVar("Request")
Record = TypeVar("Record")


class Pool(Protocol):
    """Does the same work on many requests, side by side."""

    def run(
        self,
        requests: Iterable[Request],
        work: Callable[[Request], Record],
        lost: Callable[[Request], Record],
        on_done: Callable[[Record], None],
    ) -> None:
        """Call `work` with each request, somewhere, and `on_done` here with what it gave, in the order in which they are done.

        `requests` are taken when there is room for them; who has more of them once some are done calls `run` again, unless they
        were asked for meanwhile. `work` is a function of a module, and it, requests and records can be pickled. A request whose
        worker dies again and again gives `lost(request)`, called here, and the others go on. Raises what `work` raises (it does
        so only for what would stop every request: MissingDependency, UnwritableOutput), and KeyboardInterrupt once all that was
        begun is ended.
        """
