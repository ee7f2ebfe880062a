-- A plan for later becomes a schedule: which one. Kept when the schedule is deleted, so that the plan still says what came of it.

ALTER TABLE proposals ADD COLUMN schedule TEXT;
ALTER TABLE proposals ADD COLUMN schedule_name TEXT NOT NULL DEFAULT '';
