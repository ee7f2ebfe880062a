-- When a target was last found unreachable; NULL for failures noted before anybody kept the time.
ALTER TABLE targets ADD COLUMN last_failure_at INTEGER;
CREATE INDEX targets_failed ON targets (name_key) WHERE last_failure <> '';

-- Which targets a job's plan names: a question about one machine must not read every plan.
CREATE TABLE job_targets (
    target TEXT NOT NULL,
    job    TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    PRIMARY KEY (target, job)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_targets_job ON job_targets (job);
INSERT INTO job_targets (target, job)
    SELECT DISTINCT json_extract(t.value, '$.id'), j.id FROM jobs j, json_each(j.body, '$.targets') t;

-- By state and by time, without reading the plans that lie between the columns.
CREATE INDEX jobs_ended ON jobs (state, COALESCE(finished_at, created_at), created_at);
CREATE INDEX jobs_created ON jobs (created_at, state);
