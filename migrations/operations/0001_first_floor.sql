-- Times are microseconds since 1970 (UTC). Ids are UUIDs as text. `name_key` is the name folded to
-- lower case, so that two names that differ in case only cannot both exist.

CREATE TABLE targets (
    id           TEXT PRIMARY KEY,
    name         TEXT NOT NULL,
    name_key     TEXT NOT NULL UNIQUE,
    addresses    TEXT NOT NULL,             -- JSON array
    os           TEXT NOT NULL,
    tags         TEXT NOT NULL,             -- JSON array
    environment  TEXT,
    maintenance  INTEGER NOT NULL,
    notes        TEXT NOT NULL,
    connections  TEXT NOT NULL,             -- JSON array
    facts        TEXT,                      -- JSON
    last_contact INTEGER,
    last_failure TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE groups (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    name_key   TEXT NOT NULL UNIQUE,
    aliases    TEXT NOT NULL,               -- JSON array
    parent     TEXT REFERENCES groups (id) ON DELETE SET NULL,
    everything INTEGER NOT NULL
) STRICT;

CREATE TABLE group_members (
    group_id  TEXT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    target_id TEXT NOT NULL REFERENCES targets (id) ON DELETE CASCADE,
    PRIMARY KEY (group_id, target_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX group_members_target ON group_members (target_id);

CREATE TABLE host_keys (
    host        TEXT NOT NULL,
    port        INTEGER NOT NULL,
    key_type    TEXT NOT NULL,
    key         TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    accepted_by TEXT NOT NULL,
    accepted_at INTEGER NOT NULL,
    PRIMARY KEY (host, port, key_type)
) STRICT, WITHOUT ROWID;

-- One row: the sealed header. The row before the last write is kept beside it.
CREATE TABLE vault_header (
    slot TEXT PRIMARY KEY CHECK (slot IN ('current', 'previous')),
    body BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE vault_entries (
    id   TEXT NOT NULL,
    slot TEXT NOT NULL CHECK (slot IN ('current', 'previous')),
    body BLOB NOT NULL,
    PRIMARY KEY (id, slot)
) STRICT, WITHOUT ROWID;

CREATE TABLE credential_use (
    credential TEXT PRIMARY KEY,
    used_at    INTEGER NOT NULL,
    used_by    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE conversations (
    id         TEXT PRIMARY KEY,
    title      TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX conversations_last ON conversations (last_at);

CREATE TABLE messages (
    id           TEXT PRIMARY KEY,
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    n            INTEGER NOT NULL,          -- place in the conversation
    at           INTEGER NOT NULL,
    text         TEXT NOT NULL,             -- what was said, for the search
    plan         TEXT,                      -- the proposal, where it is a reply
    UNIQUE (conversation, n)
) STRICT;

CREATE TABLE proposals (
    id           TEXT PRIMARY KEY,
    reading      TEXT NOT NULL,             -- JSON
    plan         TEXT,                      -- JSON
    state        TEXT NOT NULL,
    job          TEXT,
    conversation TEXT,
    made_at      INTEGER NOT NULL
) STRICT;

CREATE TABLE approvals (
    id          TEXT PRIMARY KEY,
    plan        TEXT NOT NULL REFERENCES proposals (id),
    hash        TEXT NOT NULL,
    who         TEXT NOT NULL,
    at          INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    used_by_job TEXT UNIQUE
) STRICT;

CREATE TABLE instances (
    id         TEXT PRIMARY KEY,
    pid        INTEGER NOT NULL,
    door       TEXT NOT NULL,
    started_at INTEGER NOT NULL
) STRICT;

CREATE TABLE jobs (
    id          TEXT PRIMARY KEY,           -- UUIDv7: sorted by id is sorted by time
    plan        TEXT NOT NULL,
    hash        TEXT NOT NULL,
    request     TEXT NOT NULL,
    sentence    TEXT NOT NULL,
    state       TEXT NOT NULL,
    risk        TEXT NOT NULL,
    who         TEXT NOT NULL,
    instance    TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    started_at  INTEGER,
    finished_at INTEGER,
    counts      TEXT NOT NULL,              -- JSON
    steps       INTEGER NOT NULL,
    body        TEXT NOT NULL,              -- JSON: the plan as it was approved
    approval    TEXT REFERENCES approvals (id),
    cancel      TEXT CHECK (cancel IN ('finish', 'interrupt'))  -- asked for by another program
) STRICT;
CREATE INDEX jobs_state ON jobs (state);

CREATE TABLE job_events (
    job  TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    seq  INTEGER NOT NULL,
    at   INTEGER NOT NULL,
    body TEXT NOT NULL,                     -- JSON
    PRIMARY KEY (job, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE job_log (
    job    TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    n      INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    target INTEGER NOT NULL,
    step   INTEGER NOT NULL,
    phase  TEXT NOT NULL,
    stream TEXT NOT NULL,
    level  TEXT NOT NULL,
    text   TEXT NOT NULL,
    PRIMARY KEY (job, n)
) STRICT, WITHOUT ROWID;

-- One target, one mutating job at a time.
CREATE TABLE target_locks (
    target   TEXT PRIMARY KEY,
    job      TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    instance TEXT NOT NULL,
    since    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE notifications (
    id              TEXT PRIMARY KEY,
    at              INTEGER NOT NULL,
    first_at        INTEGER NOT NULL,
    count           INTEGER NOT NULL,
    source          TEXT NOT NULL,
    level           TEXT NOT NULL,
    severity        INTEGER NOT NULL,       -- 0 debug … 4 critical
    service         TEXT NOT NULL,
    message         TEXT NOT NULL,
    details         TEXT NOT NULL,
    fingerprint     TEXT NOT NULL,
    action_required INTEGER NOT NULL,
    job             TEXT,
    acknowledged_by TEXT,
    acknowledged_at INTEGER,
    note            TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX notifications_at ON notifications (at);
CREATE INDEX notifications_open ON notifications (fingerprint) WHERE acknowledged_at IS NULL;

-- Append-only; see protocol::audit for the hash.
CREATE TABLE audit (
    seq      INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,
    who      TEXT NOT NULL,
    what     TEXT NOT NULL,
    detail   TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash     TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit chain is append-only'); END;
CREATE TRIGGER audit_is_never_cut BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit chain is append-only'); END;

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL                     -- JSON
) STRICT, WITHOUT ROWID;
