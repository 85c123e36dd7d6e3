-- What a run is a run of: NULL says its root suite, `name`, as for all runs so far and those of the release before.

ALTER TABLE run ADD COLUMN suite text;
CREATE INDEX run_by_suite ON run (left(coalesce(suite, name), 200), sorted_at DESC, id DESC);
