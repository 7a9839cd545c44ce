"""Errata: page scans or OCR text in, clean text out, and an account of every change."""

__version__ = "0.1.0"
