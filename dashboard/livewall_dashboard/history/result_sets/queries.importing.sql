-- Runs completed or made from output.xml, and which run a file is of.

-- name: runs_like_output
-- Runs that a file may be of, each with its processes.
SELECT run.id AS run_id, run.key, setup.name AS setup, run.name, run.info -> 'pabot' AS pabot, p.no, p.name AS process,
       p.info ->> 'started_at' AS said_at, root.start_time, root.name AS root
FROM run
JOIN setup ON setup.id = run.setup_id
JOIN process p ON p.run_id = run.id AND NOT p.superseded
LEFT JOIN LATERAL (
    SELECT s.start_time, suite.name FROM suite_result s JOIN suite ON suite.id = s.suite_id
    WHERE s.run_id = run.id AND s.process_no = p.no AND s.id = 's1' LIMIT 1) root ON true
WHERE {conditions}
ORDER BY run.id, p.no
LIMIT 1000

-- name: runs_like_output_of_key
run.key = %(run)s

-- name: runs_like_output_of_setup
setup.name = %(setup)s AND {conditions}

-- name: runs_like_output_of_start
-- start: of the root suite, as if its zone were UTC. Any zone is at most 14 hours and a whole number of quarters of an hour
-- from that, and a listener is made within seconds. What had ended by then is not looked at.
run.started_at BETWEEN %(start)s - interval '8 days' AND %(start)s + interval '15 hours'
AND (run.ended_at IS NULL OR greatest(run.started_at, run.ended_at) > %(start)s - interval '15 hours')
AND (p.info ->> 'started_at' <> '' OR root.start_time IS NOT NULL)
AND mod(extract(epoch FROM coalesce(root.start_time, (p.info ->> 'started_at')::timestamptz) - %(start)s) + 54001,
        900) BETWEEN 0 AND 17

-- name: counts_of_run
SELECT total, passed, failed, skipped, expected_failures FROM run WHERE key = %s

-- name: is_recorded_now
SELECT EXISTS (
    SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = 0 AND objid = %s::bigint::oid AND objsubid = 1
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))

-- name: latest_run
SELECT coalesce(max(id), 0) AS id FROM run

-- name: create_imported
-- Filled anew within each transaction.
CREATE TEMPORARY TABLE imported (LIKE result) ON COMMIT DELETE ROWS

-- name: create_imported_suites
CREATE TEMPORARY TABLE imported_suite (LIKE suite_result) ON COMMIT DELETE ROWS

-- name: copy_imported
COPY imported (run_id, test_id, start_time, elapsed_time, tag_set_id, seq, lineno, process_no, status, id, message,
               source, expected, actual, attempts, extra) FROM STDIN

-- name: create_imported_attempts
CREATE TEMPORARY TABLE imported_attempt (LIKE attempt) ON COMMIT DELETE ROWS

-- name: add_imported_attempts
INSERT INTO imported_attempt (run_id, process_no, id, no, status, start_time, elapsed_time, message)
SELECT 0, 0, n.* FROM json_to_recordset(%s) AS n (
    id text, no int2, status int2, start_time timestamptz, elapsed_time float8, message text)

-- name: remove_attempts
DELETE FROM attempt WHERE run_id = %(run_id)s AND process_no = %(no)s

-- name: add_missing_attempts
INSERT INTO attempt (run_id, process_no, id, no, status, start_time, elapsed_time, message)
SELECT %(run_id)s, %(no)s, id, no, status, start_time, elapsed_time, message FROM imported_attempt

-- name: add_imported_suites
INSERT INTO imported_suite (run_id, process_no, id, suite_id, seq, source, doc, metadata, test_count, start_time,
                            status, message, elapsed_time, setup, teardown)
SELECT 0, 0, n.* FROM json_to_recordset(%s) AS n (
    id text, suite_id int, seq int, source text, doc text, metadata jsonb, test_count int, start_time timestamptz,
    status text, message text, elapsed_time float8, setup jsonb, teardown jsonb)

-- name: holds_anything
SELECT EXISTS (SELECT FROM result WHERE run_id = %(run_id)s AND process_no = %(no)s)
    OR EXISTS (SELECT FROM suite_result WHERE run_id = %(run_id)s AND process_no = %(no)s) AS holds

-- name: index_imported
CREATE INDEX IF NOT EXISTS imported_id ON imported (id)

-- name: analyze_imported
ANALYZE imported, imported_suite

-- name: run_to_complete
SELECT run.state, run.verification, p.verified, p.end_event, run.total >= run.announced AS has_all
FROM run JOIN process p ON p.run_id = run.id AND p.no = %(no)s
WHERE run.id = %(run_id)s FOR NO KEY UPDATE OF run

-- name: align_results
-- Times of a file have no zone. Where the node's clock was set meanwhile, some seem off by quarters of an hour, and
-- durations less than nothing: what is stored of them is right.
UPDATE imported i SET start_time = r.start_time,
    elapsed_time = CASE WHEN i.elapsed_time < 0 THEN r.elapsed_time ELSE i.elapsed_time END
FROM result r
WHERE r.run_id = %(run_id)s AND r.process_no = %(no)s AND r.id = i.id AND r.test_id = i.test_id
  AND abs(extract(epoch FROM r.start_time - i.start_time)) < 7201
  AND abs(mod(extract(epoch FROM r.start_time - i.start_time) + 90000.45, 900) - 0.45) < 0.0015
  AND (i.elapsed_time < 0 OR abs(extract(epoch FROM r.start_time - i.start_time)) > 1)

-- name: align_suites
UPDATE imported_suite i SET start_time = s.start_time,
    elapsed_time = CASE WHEN i.elapsed_time < 0 THEN s.elapsed_time ELSE i.elapsed_time END
FROM suite_result s
WHERE s.run_id = %(run_id)s AND s.process_no = %(no)s AND s.id = i.id AND s.suite_id = i.suite_id
  AND abs(extract(epoch FROM s.start_time - i.start_time)) < 7201
  AND abs(mod(extract(epoch FROM s.start_time - i.start_time) + 90000.45, 900) - 0.45) < 0.0015
  AND (i.elapsed_time < 0 OR abs(extract(epoch FROM s.start_time - i.start_time)) > 1)

-- name: bound_results
UPDATE imported SET elapsed_time = 0 WHERE elapsed_time IS NULL OR elapsed_time < 0

-- name: bound_suites
UPDATE imported_suite SET elapsed_time = 0 WHERE elapsed_time IS NULL OR elapsed_time < 0

-- name: unmatched_tests
-- Stored, and in the file not at all or as something else: of another execution. no: NULL for the run's processes
-- together, whose tests have other ids in a file that they were put together into.
SELECT count(*) AS tests FROM result r
JOIN process p ON p.run_id = r.run_id AND p.no = r.process_no AND NOT p.superseded
WHERE r.run_id = %(run_id)s AND (%(no)s::int IS NULL OR r.process_no = %(no)s) AND NOT EXISTS (
    SELECT FROM imported i
    WHERE (%(no)s::int IS NULL OR i.id = r.id) AND i.test_id = r.test_id
      AND abs(extract(epoch FROM i.start_time - r.start_time)) < 7201
      AND abs(mod(extract(epoch FROM i.start_time - r.start_time) + 90000.45, 900) - 0.45) < 0.0015)

-- name: remove_unmatched_results
DELETE FROM result r
WHERE r.run_id = %(run_id)s AND r.process_no = %(no)s AND NOT EXISTS (SELECT FROM imported i WHERE i.id = r.id)

-- name: remove_unmatched_suites
DELETE FROM suite_result s
WHERE s.run_id = %(run_id)s AND s.process_no = %(no)s AND NOT EXISTS (SELECT FROM imported_suite i WHERE i.id = s.id)

-- name: repair_results
UPDATE result r SET test_id = i.test_id, start_time = i.start_time, elapsed_time = i.elapsed_time,
    tag_set_id = i.tag_set_id, lineno = i.lineno, status = i.status, message = i.message, attempts = i.attempts
FROM imported i
WHERE r.run_id = %(run_id)s AND r.process_no = %(no)s AND r.id = i.id
  AND ((r.test_id, r.tag_set_id, r.lineno, r.status, r.message, r.attempts)
       IS DISTINCT FROM (i.test_id, i.tag_set_id, i.lineno, i.status, i.message, i.attempts)
       OR abs(extract(epoch FROM i.start_time - r.start_time)) > 0.001 OR abs(i.elapsed_time - r.elapsed_time) > 0.001)

-- name: repair_suites
UPDATE suite_result s SET suite_id = i.suite_id, start_time = i.start_time, elapsed_time = i.elapsed_time,
    status = i.status, message = i.message, source = i.source, doc = i.doc, metadata = i.metadata, setup = i.setup,
    teardown = i.teardown
FROM imported_suite i
WHERE s.run_id = %(run_id)s AND s.process_no = %(no)s AND s.id = i.id
  AND ((s.suite_id, s.status, s.message, s.source, s.doc, s.metadata, s.setup ->> 'name', s.setup ->> 'status',
        s.teardown ->> 'name', s.teardown ->> 'status')
       IS DISTINCT FROM (i.suite_id, i.status, i.message, i.source, i.doc, i.metadata, i.setup ->> 'name',
                         i.setup ->> 'status', i.teardown ->> 'name', i.teardown ->> 'status')
       OR abs(extract(epoch FROM i.start_time - s.start_time)) > 0.001
       OR s.elapsed_time IS NULL OR abs(i.elapsed_time - s.elapsed_time) > 0.001
       OR abs((i.setup ->> 'elapsed_time')::float8 - (s.setup ->> 'elapsed_time')::float8) > 0.001
       OR abs((i.teardown ->> 'elapsed_time')::float8 - (s.teardown ->> 'elapsed_time')::float8) > 0.001)

-- name: add_missing_results
INSERT INTO result (run_id, test_id, start_time, elapsed_time, tag_set_id, seq, lineno, process_no, status, id, message,
                    attempts)
SELECT %(run_id)s, test_id, start_time, elapsed_time, tag_set_id, seq, lineno, %(no)s, status, id, message, attempts
FROM imported i
WHERE NOT EXISTS (
    SELECT FROM result r WHERE r.run_id = %(run_id)s AND r.process_no = %(no)s AND r.id = i.id)
ORDER BY i.seq

-- name: add_missing_suites
INSERT INTO suite_result (run_id, process_no, id, suite_id, seq, source, doc, metadata, test_count, start_time, status,
                          message, elapsed_time, setup, teardown)
SELECT %(run_id)s, %(no)s, id, suite_id, seq, source, doc, metadata, test_count, start_time, status, message,
       elapsed_time, setup, teardown
FROM imported_suite i
WHERE NOT EXISTS (
    SELECT FROM suite_result s WHERE s.run_id = %(run_id)s AND s.process_no = %(no)s AND s.id = i.id)

-- name: renumber_results
UPDATE result r SET seq = i.seq FROM imported i
WHERE r.run_id = %(run_id)s AND r.process_no = %(no)s AND r.id = i.id AND r.seq <> i.seq

-- name: renumber_suites
UPDATE suite_result s SET seq = i.seq FROM imported_suite i
WHERE s.run_id = %(run_id)s AND s.process_no = %(no)s AND s.id = i.id AND s.seq <> i.seq

-- name: run_differs
-- From a file that several processes were put together into: there, ids and suites are others.
WITH held AS (
    SELECT r.test_id, r.start_time, r.status, coalesce(r.message, '') AS message, r.tag_set_id
    FROM result r JOIN process p ON p.run_id = r.run_id AND p.no = r.process_no
    WHERE r.run_id = %(run_id)s AND NOT p.superseded),
given AS (SELECT test_id, start_time, status, coalesce(message, '') AS message, tag_set_id FROM imported)
SELECT EXISTS (TABLE given EXCEPT ALL TABLE held) OR EXISTS (TABLE held EXCEPT ALL TABLE given) AS differs

-- name: stored_in_order
SELECT id, status, coalesce(message, ''), result_counts_as(status, actual, expected) FROM result
WHERE run_id = %(run_id)s AND process_no = %(no)s ORDER BY id COLLATE "C"

-- name: supersede_others
-- announced: the file has all that was to come.
WITH run AS (UPDATE run SET announced = 0 WHERE id = %(run_id)s)
UPDATE process SET superseded = true, ended = true, last_seq = %(sealed)s, live = NULL
WHERE run_id = %(run_id)s AND no <> %(no)s

-- name: note_import
UPDATE run SET imported_at = clock_timestamp(), name = CASE WHEN name = '' THEN %(name)s ELSE name END
WHERE id = %(run_id)s
RETURNING (SELECT bool_and(ended) FROM process p WHERE p.run_id = %(run_id)s AND NOT p.superseded) AS is_over

-- name: twins
-- Runs made of a file alone that a process, now verified, turns out to have reported: the same setup, root suite, start,
-- results.
SELECT twin.id
FROM process own
JOIN run ON run.id = own.run_id
JOIN suite_result root ON root.run_id = own.run_id AND root.process_no = own.no AND root.id = 's1'
JOIN run twin ON twin.imported_at IS NOT NULL AND twin.id <> own.run_id AND twin.setup_id = run.setup_id
    AND twin.started_at BETWEEN root.start_time - interval '1.5 ms' AND root.start_time + interval '1.5 ms'
JOIN process file ON file.run_id = twin.id AND file.no = 0 AND file.name = %(imported)s
    AND file.end_event ->> 'digest' = own.end_event ->> 'digest'
JOIN suite_result s ON s.run_id = twin.id AND s.process_no = 0 AND s.id = 's1' AND s.suite_id = root.suite_id
WHERE own.run_id = %(run_id)s AND own.no = %(no)s AND own.verified
  AND NOT EXISTS (SELECT FROM process other WHERE other.run_id = twin.id AND other.no > 0)

-- name: remove_results
DELETE FROM result WHERE run_id = ANY (%s)

-- name: remove_attempts_of_runs
DELETE FROM attempt WHERE run_id = ANY (%s)

-- name: remove_suites
DELETE FROM suite_result WHERE run_id = ANY (%s)

-- name: remove_runs
SELECT remove_imported_runs(%s)

-- name: recent_imports
SELECT key, imported_at FROM run WHERE imported_at > now() - interval '10 minutes'
