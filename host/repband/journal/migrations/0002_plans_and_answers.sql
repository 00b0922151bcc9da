-- Plans, answers, cues, refits of the strap, recounts and settings. Names carry units; stream times are in s.

-- Every revision of a plan that a session was done under, in full: its file may have gone.
CREATE TABLE plans (
    revision TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    sessions_per_week INTEGER NOT NULL,
    content TEXT NOT NULL,
    kept_at TEXT NOT NULL
);

ALTER TABLE sessions ADD COLUMN plan_name TEXT;
ALTER TABLE sessions ADD COLUMN plan_revision TEXT;
ALTER TABLE sessions ADD COLUMN planned_reps INTEGER;
-- Did it leave the pain worse the next day? NULL: not answered.
ALTER TABLE sessions ADD COLUMN worse_next_day INTEGER CHECK (worse_next_day IN (0, 1));
ALTER TABLE sessions ADD COLUMN worse_answered_at TEXT;
-- The session it goes on with, where it broke off and was taken up again; '' where the wearer declined.
ALTER TABLE sessions ADD COLUMN taken_up_by TEXT;
-- When its raw recording was deleted by the wearer's own rule or wish.
ALTER TABLE sessions ADD COLUMN recording_deleted TEXT;

ALTER TABLE sets ADD COLUMN title TEXT;
ALTER TABLE sets ADD COLUMN of_sets INTEGER;
ALTER TABLE sets ADD COLUMN work_revision TEXT;
-- The target before the wearer changed it.
ALTER TABLE sets ADD COLUMN planned_reps INTEGER;
ALTER TABLE sets ADD COLUMN tempo_out_s REAL;
ALTER TABLE sets ADD COLUMN tempo_hold_s REAL;
ALTER TABLE sets ADD COLUMN tempo_back_s REAL;
ALTER TABLE sets ADD COLUMN tempo_rest_s REAL;
ALTER TABLE sets ADD COLUMN effort INTEGER CHECK (effort BETWEEN 0 AND 10);
ALTER TABLE sets ADD COLUMN pain INTEGER CHECK (pain BETWEEN 0 AND 10);
ALTER TABLE sets ADD COLUMN device_counted INTEGER;
-- The detector whose reps and count hold; others stand beside it.
ALTER TABLE sets ADD COLUMN detector TEXT NOT NULL DEFAULT '';

UPDATE sets SET detector = (SELECT detector FROM sessions WHERE sessions.id = sets.session);
UPDATE sets SET detector = (SELECT detector FROM reps WHERE set_id = sets.id ORDER BY id DESC LIMIT 1)
WHERE EXISTS (SELECT 1 FROM reps WHERE set_id = sets.id)
    AND NOT EXISTS (SELECT 1 FROM reps WHERE set_id = sets.id AND reps.detector = sets.detector);

-- What the coach said.
CREATE TABLE cues (
    id INTEGER PRIMARY KEY,
    set_id INTEGER NOT NULL REFERENCES sets (id) ON DELETE CASCADE,
    at_s REAL NOT NULL,
    name TEXT NOT NULL,
    said TEXT NOT NULL,
    because TEXT NOT NULL
);

CREATE INDEX cues_by_set ON cues (set_id);

-- The strap moved within a session: angles before and after it compare less well.
CREATE TABLE refits (
    id INTEGER PRIMARY KEY,
    session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    set_number INTEGER NOT NULL,
    at_s REAL,
    why TEXT NOT NULL CHECK (why IN ('side', 'slipped', 'wearer'))
);

CREATE INDEX refits_by_session ON refits (session);

-- The numbers that held before a recount; their reps stay too.
CREATE TABLE recounts (
    id INTEGER PRIMARY KEY,
    set_id INTEGER NOT NULL REFERENCES sets (id) ON DELETE CASCADE,
    at TEXT NOT NULL,
    detector TEXT NOT NULL,
    counted INTEGER NOT NULL,
    count_min INTEGER,
    count_max INTEGER
);

CREATE INDEX recounts_by_set ON recounts (set_id);

-- What the wearer wants of the history itself.
CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
