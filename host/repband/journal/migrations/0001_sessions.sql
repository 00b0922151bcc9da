-- Sessions, their sets and reps, corrections and link quality. Names carry units; stream times are in s.
-- A schema that was ever released is never edited: the next change is 0002.

PRAGMA application_id = 0x52504244;

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    started TEXT NOT NULL,
    started_unix_s REAL NOT NULL,
    ended TEXT,
    exercise TEXT NOT NULL,
    side TEXT CHECK (side IN ('left', 'right')),
    load_kind TEXT NOT NULL CHECK (load_kind IN ('bodyweight', 'band', 'kg')),
    load_value REAL,
    load_label TEXT NOT NULL,
    target_sets INTEGER,
    target_reps INTEGER,
    sensor TEXT NOT NULL,
    repband TEXT NOT NULL,
    detector TEXT NOT NULL,
    recording TEXT
);

CREATE INDEX sessions_by_start ON sessions (started_unix_s);

CREATE TABLE sets (
    id INTEGER PRIMARY KEY,
    session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    exercise TEXT NOT NULL,
    side TEXT CHECK (side IN ('left', 'right')),
    load_kind TEXT NOT NULL CHECK (load_kind IN ('bodyweight', 'band', 'kg')),
    load_value REAL,
    load_label TEXT NOT NULL,
    target_reps INTEGER,
    started_s REAL NOT NULL,
    ended_s REAL,
    ended_why TEXT,
    counted INTEGER NOT NULL,
    count_min INTEGER,
    count_max INTEGER,
    UNIQUE (session, number)
);

-- One row for each rep and detector version: a recount adds rows and never replaces any.
CREATE TABLE reps (
    id INTEGER PRIMARY KEY,
    set_id INTEGER NOT NULL REFERENCES sets (id) ON DELETE CASCADE,
    detector TEXT NOT NULL,
    number INTEGER NOT NULL,
    announced_s REAL NOT NULL,
    measured_s REAL NOT NULL,
    start_s REAL NOT NULL,
    half_up_s REAL NOT NULL,
    turn_s REAL NOT NULL,
    half_down_s REAL NOT NULL,
    end_s REAL NOT NULL,
    excursion_deg REAL,
    rest_before_s REAL,
    out_s REAL NOT NULL,
    hold_s REAL NOT NULL,
    back_s REAL NOT NULL,
    rest_before_sd_s REAL,
    out_sd_s REAL,
    hold_sd_s REAL,
    back_sd_s REAL,
    flags TEXT NOT NULL,
    UNIQUE (set_id, detector, number)
);

-- What the wearer said against the count. The last one holds; all are kept.
CREATE TABLE corrections (
    id INTEGER PRIMARY KEY,
    set_id INTEGER NOT NULL REFERENCES sets (id) ON DELETE CASCADE,
    at TEXT NOT NULL,
    counted INTEGER NOT NULL,
    said INTEGER NOT NULL
);

CREATE INDEX corrections_by_set ON corrections (set_id);

-- Figures of the stream's accounting by name, so that a new figure needs no new schema.
CREATE TABLE quality (
    session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    value REAL NOT NULL,
    PRIMARY KEY (session, name)
);
