-- Done by a virtual wearer, or by a recording played again: kept and shown, but no part of what the wearer has done.
ALTER TABLE sessions ADD COLUMN demo INTEGER NOT NULL DEFAULT 0 CHECK (demo IN (0, 1));

UPDATE sessions SET demo = 1
WHERE sensor = 'virtual sensor' OR sensor LIKE 'virtual sensor (%' OR sensor = 'firmware on a simulated sensor';

CREATE VIEW own_sessions AS SELECT * FROM sessions WHERE NOT demo;
