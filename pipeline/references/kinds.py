"""What archival references refer to."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a reference refers to. Where a text fits two kinds, the one that stands first here is meant."""

    FILE = "file"  # F12930/1, before its T 160/446
    JACKET = "jacket"  # N6029/1316/55
    SERIES = "series"  # FO 371/12579, CAB 23/90B, NC 18/1/532
    PAPER = "paper"  # C.P. 181(25), E.C.(31)3
    NUMBERED = "numbered"  # C.O.S. 161, C.I.D. Paper 829-B
    CONCLUSIONS = "conclusions"  # 27(27)3
    HANSARD = "hansard"  # H.C. Deb. Vol 238, Col 939
    COMMAND = "command"  # Cmd. 2895
    PRINTED = "printed"  # D.B.F.P. IA/IV, F.R.U.S. 1934, Vol III
    INDIA = "india"  # L/P&J/6/1978, R/12/1/89, Mss Eur C152/17
    MANUSCRIPT = "manuscript"  # Add. 51083
    ARCHIVE = "archive"  # MAE, URSS 1918-1940, vol. 357, f. 12
    DECIMAL = "decimal"  # 861.00/11285
    MICROFILM = "microfilm"  # 6698/H106612-18, M316
    MARK = "mark"  # C152/17, F118/107: a shelfmark or file that only its context explains
