"""The only place that knows Tesseract: an image becomes hOCR with boxes, confidences and alternatives for every character."""

from pipeline.ocr.pages import PageRecord, PageRequest
from pipeline.ocr.recognition import installed_languages, recognise, tesseract_version

__all__ = ["PageRecord", "PageRequest", "installed_languages", "recognise", "tesseract_version"]
