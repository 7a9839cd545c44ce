"""Stand-in."""

from __future__ import annotations


def report_html(report: object) -> str:
    return ""
