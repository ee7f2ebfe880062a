-- Times are microseconds since 1970 (UTC).

CREATE TABLE series (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    unit TEXT NOT NULL
) STRICT;

-- Rows arrive nearly in order of time, so the clustered key appends; a second sample of a series in
-- the same microsecond replaces the first.
CREATE TABLE samples (
    series INTEGER NOT NULL REFERENCES series (id),
    at     INTEGER NOT NULL,
    value  REAL NOT NULL,
    PRIMARY KEY (series, at)
) STRICT, WITHOUT ROWID;
