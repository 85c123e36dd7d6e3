-- Which runs began about the time of a file's: each file that is imported asks, and went through all runs for it.
CREATE INDEX run_by_start ON run (started_at);
DROP INDEX run_imported_by_start;
