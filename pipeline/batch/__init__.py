"""Reading many pages: one page from scan to stored hOCR, and the local workers that do it side by side."""

from typing import Any

from pipeline.batch.readers import run_pages

__all__ = ["read_page", "run_pages"]


def __getattr__(name: str) -> Any:
    """`read_page` when it is asked for: it brings OpenCV, which texts can do without."""
    if name == "read_page":
        from pipeline.batch.pages import read_page

        return read_page
    raise AttributeError(name)
