-- Tests known to be missing, and runs completed from an output.xml.

ALTER TABLE run
    ADD COLUMN missing integer NOT NULL DEFAULT 0,
    ADD COLUMN imported_at timestamptz;
CREATE INDEX run_imported ON run (imported_at) WHERE imported_at IS NOT NULL;
CREATE INDEX run_imported_by_start ON run (started_at) WHERE imported_at IS NOT NULL;

UPDATE run SET missing = s.missing
FROM (SELECT p.run_id, sum(CASE WHEN p.ended THEN greatest((p.end_event ->> 'total')::int - p.total, 0)
                                WHEN r.state = 'abandoned' THEN greatest(p.total - p.passed - p.failed - p.skipped, 0)
                                ELSE 0 END) AS missing
      FROM process p JOIN run r ON r.id = p.run_id WHERE NOT p.superseded GROUP BY p.run_id) s
WHERE run.id = s.run_id AND s.missing > 0;
