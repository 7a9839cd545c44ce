"""What is written for people and for other programs: one module a format, pure; `files` is the only one that writes."""
