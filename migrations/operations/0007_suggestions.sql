-- A reading a language model suggested always needs an approval, also of a plan that only reads.
ALTER TABLE proposals ADD COLUMN suggested_by_model INTEGER NOT NULL DEFAULT 0;
