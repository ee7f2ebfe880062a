-- Recipes and schedules. Times are microseconds since 1970 (UTC), ids are UUIDs as text.

CREATE TABLE recipes (
    id       TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE recipe_versions (
    recipe      TEXT NOT NULL REFERENCES recipes (id) ON DELETE CASCADE,
    version     INTEGER NOT NULL,
    description TEXT NOT NULL,
    body        TEXT NOT NULL,              -- JSON
    hash        TEXT NOT NULL,
    saved_by    TEXT NOT NULL,
    saved_at    INTEGER NOT NULL,
    PRIMARY KEY (recipe, version)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER recipe_versions_are_never_changed BEFORE UPDATE ON recipe_versions
    BEGIN SELECT RAISE(ABORT, 'a saved recipe version is never changed'); END;

CREATE TABLE schedules (
    id            TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    name_key      TEXT NOT NULL UNIQUE,
    recipe        TEXT NOT NULL,
    version       INTEGER NOT NULL,
    parameters    TEXT NOT NULL,            -- JSON object
    targets       TEXT,                     -- words that take the place of the recipe's
    timing        TEXT NOT NULL,            -- JSON
    enabled       INTEGER NOT NULL,
    handled_until INTEGER NOT NULL,         -- due times up to here have been dealt with
    saved_by      TEXT NOT NULL,
    saved_at      INTEGER NOT NULL,
    FOREIGN KEY (recipe, version) REFERENCES recipe_versions (recipe, version)
) STRICT;

-- The primary key is what lets one program only take a due time.
CREATE TABLE schedule_runs (
    schedule     TEXT NOT NULL REFERENCES schedules (id) ON DELETE CASCADE,
    due_at       INTEGER NOT NULL,
    state        TEXT NOT NULL,
    at           INTEGER NOT NULL,
    instance     TEXT NOT NULL,
    plan         TEXT,
    job          TEXT,
    conversation TEXT,
    detail       TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (schedule, due_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX schedule_runs_claimed ON schedule_runs (instance) WHERE state = 'claimed';

-- Kept when they are void, so that the history says under which one a job ran.
CREATE TABLE standing_approvals (
    id          TEXT PRIMARY KEY,
    schedule    TEXT NOT NULL REFERENCES schedules (id) ON DELETE CASCADE,
    hash        TEXT NOT NULL,
    covers      TEXT NOT NULL,              -- JSON
    max_targets INTEGER NOT NULL,
    who         TEXT NOT NULL,
    at          INTEGER NOT NULL,
    expires_at  INTEGER,
    void_at     INTEGER,
    void_by     TEXT,
    void_why    TEXT
) STRICT;
CREATE UNIQUE INDEX standing_approvals_open ON standing_approvals (schedule) WHERE void_at IS NULL;
