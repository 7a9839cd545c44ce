"""Reading many pages: one page from scan to stored hOCR, and the local workers that do it side by side."""

from pipeline.batch.pages import read_page
from pipeline.batch.workers import run_pages

__all__ = ["read_page", "run_pages"]
