"""One file per kind of input: images, PDF, text and hOCR become a Source."""
