"""What the desk knows of the documents, in tables beside the log of decisions; it can be dropped and is then made again.

A doubt is a place in a source that may be wrong. Doubts that are the same error everywhere make a series; the others are met
line by line. A task is what is shown at once: a line with its doubts, or a series.
"""

from __future__ import annotations

VERSION = 2
"""Tables of another version are dropped and made again."""

OPEN, DECIDED, UNCLEAR = 0, 1, 2
"""States of a doubt."""

SCHEMA = """
CREATE TABLE documents (
    number INTEGER PRIMARY KEY,
    folder TEXT NOT NULL UNIQUE,    -- relative to the store's, with slashes
    name TEXT NOT NULL,
    made TEXT NOT NULL,             -- tells the results that were looked at; others are looked at anew
    source TEXT NOT NULL,           -- hash of the source text
    pages INTEGER NOT NULL,
    words INTEGER NOT NULL,
    images INTEGER NOT NULL,        -- 1: scans are at hand
    sure INTEGER NOT NULL DEFAULT 1, -- 1: the OCR said how sure it was of its words
    expected REAL NOT NULL,         -- words expected wrong, before any decision
    low INTEGER NOT NULL,
    high INTEGER NOT NULL
);
CREATE TABLE lines (                -- every line of the clean text that has words
    number INTEGER PRIMARY KEY,
    document INTEGER NOT NULL,
    page INTEGER NOT NULL,          -- from 1, place in the scan order
    line INTEGER NOT NULL,          -- from 1, on its page of the clean text
    start INTEGER NOT NULL,         -- [start, end) of the source that the line's text was read from
    end INTEGER NOT NULL,
    text TEXT NOT NULL,             -- as it stands without decisions
    words INTEGER NOT NULL,
    risk REAL NOT NULL,             -- words expected wrong
    risks BLOB NOT NULL DEFAULT x'', -- that each word is wrong: a byte each, see confidence.project.coded
    scan TEXT NOT NULL DEFAULT '',  -- digest of the scan
    box TEXT NOT NULL DEFAULT '',   -- left top right bottom, in pixels of the scan
    turns INTEGER NOT NULL DEFAULT 0 -- quarter turns (counter-clockwise) that make it level
);
CREATE INDEX lines_of_page ON lines(document, page, line);
CREATE INDEX lines_of_place ON lines(document, start);
CREATE TABLE retyped (              -- lines that readers typed over, now or in a step that was undone
    line INTEGER PRIMARY KEY
);
CREATE TABLE pages (
    document INTEGER NOT NULL,
    page INTEGER NOT NULL,
    name TEXT NOT NULL,             -- as people cite it (folio)
    path TEXT NOT NULL,             -- of its scan, '' without one
    frame INTEGER NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    words INTEGER NOT NULL,
    risk REAL NOT NULL,
    PRIMARY KEY (document, page)
) WITHOUT ROWID;
CREATE TABLE tasks (
    number INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,             -- line or series
    key TEXT NOT NULL UNIQUE,       -- tells the same task after a new look at the documents
    document INTEGER,               -- NULL for a series over several
    page INTEGER,
    line INTEGER,                   -- lines.number, for a line
    class TEXT NOT NULL,            -- Kind of the edits, or 'word' for a doubtful word
    rule TEXT NOT NULL,             -- '' for a doubtful word
    before TEXT NOT NULL,           -- of a series: what was read, and what is proposed
    after TEXT NOT NULL,
    doubts INTEGER NOT NULL,
    open INTEGER NOT NULL,          -- how many of them nobody has decided
    score REAL NOT NULL,            -- words that are expected to come right in a second of a reader; the queue goes down from it
    skipped TEXT NOT NULL DEFAULT '' -- readers who passed it over for now, |name| by |name|
);
CREATE INDEX tasks_queue ON tasks(score DESC) WHERE open > 0;
CREATE TABLE doubts (
    number INTEGER PRIMARY KEY,
    task INTEGER NOT NULL,
    document INTEGER NOT NULL,
    page INTEGER NOT NULL,
    line INTEGER NOT NULL,          -- lines.number
    first INTEGER NOT NULL,         -- [first, last) in the line's text that is marked
    last INTEGER NOT NULL,
    kind TEXT NOT NULL,             -- held (only suggested), applied (a change that is not sure), word (no suggestion)
    class TEXT NOT NULL,
    rule TEXT NOT NULL,
    start INTEGER NOT NULL,         -- [start, end) of the source
    end INTEGER NOT NULL,
    before TEXT NOT NULL,           -- source[start:end]
    "left" TEXT NOT NULL,
    "right" TEXT NOT NULL,
    stands TEXT NOT NULL,           -- how it reads in the clean text
    options TEXT NOT NULL,          -- JSON: at most three {text, chance, count, reason, edits (rows of edits.jsonl), places}
    standing TEXT NOT NULL,         -- JSON: the edits (rows of edits.jsonl) by which it reads as it does
    places TEXT NOT NULL,           -- JSON: [[start, end], ...] of the source that a decision is about
    reason TEXT NOT NULL,           -- why it is doubted, a sentence
    prior REAL NOT NULL,            -- by the model alone: that the place is wrong as it stands
    chance REAL NOT NULL,           -- the same, with what has been decided on others
    key TEXT NOT NULL,              -- doubts with the same key are the same error
    scan TEXT NOT NULL DEFAULT '',
    box TEXT NOT NULL DEFAULT '',
    state INTEGER NOT NULL DEFAULT 0, -- OPEN, DECIDED, UNCLEAR
    changed INTEGER NOT NULL DEFAULT 0, -- 1: what stood was decided to be wrong
    step INTEGER NOT NULL DEFAULT 0, -- the last step that touched it: what a page shows is stale when this is another
    word INTEGER NOT NULL DEFAULT 0, -- first word of the line that it touches, from 0, and how many
    words INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX doubts_of_task ON doubts(task, state);
CREATE INDEX doubts_of_key ON doubts(key);
CREATE INDEX doubts_of_line ON doubts(line);
CREATE INDEX doubts_changed ON doubts(line) WHERE changed = 1;
CREATE INDEX doubts_of_place ON doubts(document, start);
"""

LASTING = """
CREATE TABLE IF NOT EXISTS remaining ( -- what was counted last: see review.stopping
    document INTEGER NOT NULL,      -- 0: the whole project
    page INTEGER NOT NULL,          -- 0: the whole document
    words INTEGER NOT NULL,
    unread INTEGER NOT NULL,        -- words that nobody has read or decided
    expected REAL NOT NULL,         -- words expected wrong still
    low REAL NOT NULL,
    high REAL NOT NULL,
    PRIMARY KEY (document, page)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS packets ( -- parts of the work that one reader takes
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    documents TEXT NOT NULL,        -- JSON: folders, relative to the store's; [] for all
    first INTEGER,                  -- pages, NULL for all
    last INTEGER,
    class TEXT NOT NULL DEFAULT '', -- of doubts, '' for all
    reader TEXT NOT NULL DEFAULT '', -- who has taken it, '' while it is free
    second REAL NOT NULL DEFAULT 0, -- share (0-1) of its decided places that a second reader is shown
    made TEXT NOT NULL,
    closed TEXT                     -- when it was given up; NULL while it is there
);
CREATE TABLE IF NOT EXISTS readers (name TEXT PRIMARY KEY, made TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS opinions ( -- what a second reader, who did not see the first one's decision, found
    number INTEGER PRIMARY KEY,
    step INTEGER NOT NULL REFERENCES steps(number),
    packet INTEGER NOT NULL,
    decision INTEGER NOT NULL,      -- decisions.number: the first reader's
    reader TEXT NOT NULL,
    stands TEXT NOT NULL,           -- how the place read before
    first TEXT NOT NULL,            -- how the place reads by the first reader, and by the second
    second TEXT NOT NULL,
    settled INTEGER                 -- the step by which a third look settled it; NULL: not yet, or nothing to settle
);
CREATE INDEX IF NOT EXISTS opinions_of_decision ON opinions(decision);
"""
"""Tables that are not made from the documents, and stay."""
