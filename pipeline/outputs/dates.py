"""The moment that is written into results: none of the clock's, since the same input is to give the same bytes."""

from __future__ import annotations

import os
from datetime import UTC, datetime


def moment() -> datetime:
    """What SOURCE_DATE_EPOCH says, else the beginning of 1980, before which no archive can be dated.

    The convention: https://reproducible-builds.org/specs/source-date-epoch/
    """
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(given), UTC) if given.isdecimal() and len(given) < 12 else datetime(1980, 1, 1, tzinfo=UTC)


def timestamp() -> str:
    """The moment as XML Schema and XMP write it."""
    return moment().strftime("%Y-%m-%dT%H:%M:%SZ")
