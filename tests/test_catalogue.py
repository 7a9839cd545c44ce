"""What today's catalogues call the things that are cited."""

from __future__ import annotations

import pytest

from pipeline.references.catalogue import catalogue_forms
from pipeline.references.kinds import Kind


@pytest.mark.parametrize(
    ("reference", "kind", "lying_in", "expected"),
    [
        ("FO 371/12579", Kind.SERIES, (), ("FO 371/12579",)),
        ("CAB 23/90B", Kind.SERIES, (), ("CAB 23/90B",)),
        ("L/P&J/6/1978", Kind.INDIA, (), ("IOR/L/PJ/6/1978",)),
        ("R/12/1/89", Kind.INDIA, (), ("IOR/R/12/1/89",)),
        ("Mss Eur C152/17", Kind.INDIA, (), ("Mss Eur C152/17",)),
        ("Add. 51083", Kind.MANUSCRIPT, (), ("Add MS 51083",)),
        ("N6029/1316/55", Kind.JACKET, ("FO 371/12579", "FO 371/12579"), ("FO 371/12579",)),
        ("27(27)3", Kind.CONCLUSIONS, ("CAB 23/54", "CAB 23/55"), ("CAB 23/54", "CAB 23/55")),
        ("N6029/1316/55", Kind.JACKET, (), ()),
        ("Cmd. 2895", Kind.COMMAND, (), ()),
        ("C152/17", Kind.MARK, (), ()),
    ],
)
def test_catalogue_forms(reference: str, kind: Kind, lying_in: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert catalogue_forms(reference, kind, lying_in) == expected
