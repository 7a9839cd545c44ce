"""The report on a document, and on several: what was done, how sure it is, what is missing, and where to look first."""
