-- Failures that were counted and are not here; runs whose status a release without that rule may have stored.

ALTER TABLE run ADD COLUMN missing_failures integer NOT NULL DEFAULT 0;

UPDATE run SET missing_failures = s.missing, status = CASE WHEN state <> 'running' THEN 'FAIL' END
FROM (SELECT run_id, sum(greatest((end_event ->> 'failed')::int - failed, 0)) AS missing
      FROM process WHERE ended AND NOT superseded GROUP BY run_id) s
WHERE run.id = s.run_id AND s.missing > 0;

-- The recorder settles them when it begins, now and after every visit of an earlier release.
CREATE INDEX run_doubtful ON run (id)
    WHERE status IN ('PASS', 'SKIP') AND (verification <> 'verified' OR state = 'abandoned');
