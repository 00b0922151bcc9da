PRAGMA application_id = 0x52504244;
PRAGMA user_version = 3;
BEGIN TRANSACTION;
CREATE TABLE corrections (
    id INTEGER PRIMARY KEY,
    set_id INTEGER NOT NULL REFERENCES sets (id) ON DELETE CASCADE,
    at TEXT NOT NULL,
    counted INTEGER NOT NULL,
    said INTEGER NOT NULL
);
INSERT INTO "corrections" VALUES(1,1,'2025-03-01T18:40:00+01:00',3,4);
CREATE TABLE cues (
    id INTEGER PRIMARY KEY,
    set_id INTEGER NOT NULL REFERENCES sets (id) ON DELETE CASCADE,
    at_s REAL NOT NULL,
    name TEXT NOT NULL,
    said TEXT NOT NULL,
    because TEXT NOT NULL
);
INSERT INTO "cues" VALUES(1,1,20.0,'hold-short','Hold a little longer.','1.0 s, 2.0 s are prescribed');
CREATE TABLE plans (
    revision TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    sessions_per_week INTEGER NOT NULL,
    content TEXT NOT NULL,
    kept_at TEXT NOT NULL
);
INSERT INTO "plans" VALUES('0123456789','Spring',3,'{}','2025-03-01T18:40:00+01:00');
CREATE TABLE quality (
    session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    value REAL NOT NULL,
    PRIMARY KEY (session, name)
);
INSERT INTO "quality" VALUES('6e5a1d9e-4f59-4b0f-9a0c-0d2f7b1f8f10','samples',5200.0);
INSERT INTO "quality" VALUES('6e5a1d9e-4f59-4b0f-9a0c-0d2f7b1f8f10','missing',3.0);
INSERT INTO "quality" VALUES('6e5a1d9e-4f59-4b0f-9a0c-0d2f7b1f8f10','rate_hz',52.1);
CREATE TABLE recounts (
    id INTEGER PRIMARY KEY,
    set_id INTEGER NOT NULL REFERENCES sets (id) ON DELETE CASCADE,
    at TEXT NOT NULL,
    detector TEXT NOT NULL,
    counted INTEGER NOT NULL,
    count_min INTEGER,
    count_max INTEGER
);
INSERT INTO "recounts" VALUES(1,1,'2025-03-01T18:40:00+01:00','0',2,2,2);
CREATE TABLE refits (
    id INTEGER PRIMARY KEY,
    session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    set_number INTEGER NOT NULL,
    at_s REAL,
    why TEXT NOT NULL CHECK (why IN ('side', 'slipped', 'wearer'))
);
INSERT INTO "refits" VALUES(1,'6e5a1d9e-4f59-4b0f-9a0c-0d2f7b1f8f10',1,12.0,'slipped');
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
INSERT INTO "reps" VALUES(1,1,'1',1,9.0,9.4,5.0,5.6,7.0,8.4,9.0,16.0,NULL,1.3,1.7,1.0,NULL,0.08,0.1,0.08,'');
INSERT INTO "reps" VALUES(2,1,'1',2,14.0,14.4,10.0,10.6,12.0,13.4,14.0,17.0,1.0,1.3,1.7,1.0,0.1,0.08,0.1,0.08,'');
INSERT INTO "reps" VALUES(3,1,'1',3,19.0,19.4,15.0,15.6,17.0,18.4,19.0,18.0,1.0,1.3,1.7,1.0,0.1,0.08,0.1,0.08,'');
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
, plan_name TEXT, plan_revision TEXT, planned_reps INTEGER, worse_next_day INTEGER CHECK (worse_next_day IN (0, 1)), worse_answered_at TEXT, taken_up_by TEXT, recording_deleted TEXT, demo INTEGER NOT NULL DEFAULT 0 CHECK (demo IN (0, 1)));
INSERT INTO "sessions" VALUES('6e5a1d9e-4f59-4b0f-9a0c-0d2f7b1f8f10','2025-03-01T18:30:00+01:00',1740850200.0,'2025-03-01T18:40:00+01:00','bridge','left','band',8.0,'red',2,10,'virtual sensor','0.1.0','1','/home/wearer/repband/set.mcap','Spring','0123456789',20,0,'2025-03-01T18:40:00+01:00',NULL,NULL,1);
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
    count_max INTEGER, title TEXT, of_sets INTEGER, work_revision TEXT, planned_reps INTEGER, tempo_out_s REAL, tempo_hold_s REAL, tempo_back_s REAL, tempo_rest_s REAL, effort INTEGER CHECK (effort BETWEEN 0 AND 10), pain INTEGER CHECK (pain BETWEEN 0 AND 10), device_counted INTEGER, detector TEXT NOT NULL DEFAULT '',
    UNIQUE (session, number)
);
INSERT INTO "sets" VALUES(1,'6e5a1d9e-4f59-4b0f-9a0c-0d2f7b1f8f10',1,'bridge','left','band',8.0,'red',10,1.5,40.0,'target',3,3,3,'Bridge, slow',2,'9876543210',12,2.0,2.0,2.0,1.0,4,2,3,'1');
CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
INSERT INTO "settings" VALUES('recordings_days','365');
CREATE INDEX sessions_by_start ON sessions (started_unix_s);
CREATE INDEX corrections_by_set ON corrections (set_id);
CREATE INDEX cues_by_set ON cues (set_id);
CREATE INDEX refits_by_session ON refits (session);
CREATE INDEX recounts_by_set ON recounts (set_id);
CREATE VIEW own_sessions AS SELECT * FROM sessions WHERE NOT demo;
COMMIT;
