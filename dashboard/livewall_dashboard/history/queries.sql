-- Every statement on the history. `-- name: x` heads a query; QUERIES["x"] has one caller.
-- Many rows come as one JSON document: psycopg makes arrays in Python, item by item, and JSON in C.

-- ---------------------------------------------------------------- names

-- name: find_suites
SELECT digest, id FROM suite WHERE digest = ANY (%s::bytea[])

-- name: add_suites
INSERT INTO suite (digest, longname, name)
SELECT * FROM json_to_recordset(%s) AS n (digest bytea, longname text, name text)
ON CONFLICT DO NOTHING
RETURNING digest, id

-- name: find_tests
SELECT digest, id FROM test WHERE digest = ANY (%s::bytea[])

-- name: add_tests
INSERT INTO test (digest, longname, name)
SELECT * FROM json_to_recordset(%s) AS n (digest bytea, longname text, name text)
ON CONFLICT DO NOTHING
RETURNING digest, id

-- name: find_tag_sets
SELECT digest, id FROM tag_set WHERE digest = ANY (%s::bytea[])

-- name: add_tag_sets
INSERT INTO tag_set (digest, tags)
SELECT * FROM json_to_recordset(%s) AS n (digest bytea, tags jsonb)
ON CONFLICT DO NOTHING
RETURNING digest, id

-- ---------------------------------------------------------------- register

-- name: intern_setup
WITH known AS (SELECT id FROM setup WHERE name = %(name)s),
made AS (
    INSERT INTO setup (name) SELECT %(name)s WHERE NOT EXISTS (SELECT FROM known)
    ON CONFLICT DO NOTHING RETURNING id)
SELECT id FROM known UNION ALL SELECT id FROM made

-- name: intern_configuration
WITH given AS (SELECT %(labels)s::jsonb AS labels, sha256(convert_to((%(labels)s::jsonb)::text, 'UTF8')) AS digest),
known AS (SELECT id FROM configuration WHERE digest = (SELECT digest FROM given)),
made AS (
    INSERT INTO configuration (digest, labels) SELECT digest, labels FROM given WHERE NOT EXISTS (SELECT FROM known)
    ON CONFLICT DO NOTHING RETURNING id)
SELECT id FROM known UNION ALL SELECT id FROM made

-- name: intern_commit
WITH known AS (
    SELECT id FROM commit WHERE repository = %(repository)s AND branch = %(branch)s AND hash = %(hash)s),
made AS (
    INSERT INTO commit (repository, branch, hash)
    SELECT %(repository)s, %(branch)s, %(hash)s WHERE NOT EXISTS (SELECT FROM known)
    ON CONFLICT DO NOTHING RETURNING id)
SELECT id FROM known UNION ALL SELECT id FROM made

-- name: find_run
SELECT id, state, info, token_id, CASE WHEN imported_at IS NOT NULL AND state = 'finished' THEN ended_at END AS closed_at
FROM run WHERE key = %s FOR NO KEY UPDATE

-- name: owner_of_run
SELECT setup.name AS setup, run.token_id,
       EXISTS (SELECT FROM token WHERE token.id = run.token_id AND token.revoked_at IS NULL
               AND (token.expires_at IS NULL OR token.expires_at > now())) AS is_held
FROM run JOIN setup ON setup.id = run.setup_id WHERE run.key = %s

-- name: add_run
INSERT INTO run (key, setup_id, configuration_id, commit_id, branch, build_url, announced,
                 started_at, sorted_at, received_at, last_news_at, info, token_id)
VALUES (%(key)s, %(setup)s, %(configuration)s, %(commit)s, %(branch)s, %(build_url)s, %(announced)s,
        %(started_at)s, %(sorted_at)s, %(received_at)s, %(received_at)s, %(info)s, %(token)s)
ON CONFLICT DO NOTHING RETURNING id

-- name: update_run
UPDATE run SET setup_id = %(setup)s, configuration_id = %(configuration)s, commit_id = %(commit)s,
    branch = %(branch)s, build_url = %(build_url)s, announced = greatest(announced, %(announced)s),
    last_news_at = greatest(last_news_at, %(received_at)s), info = %(info)s, token_id = coalesce(%(token)s, token_id)
WHERE id = %(id)s

-- name: processes_of_run
SELECT no, name, slot, superseded, ended, last_seq, live FROM process WHERE run_id = %s ORDER BY no

-- name: add_process
INSERT INTO process (run_id, no, name, slot, info) VALUES (%s, %s, %s, %s, %s)

-- name: update_process_info
UPDATE process SET info = %s WHERE run_id = %s AND no = %s

-- name: supersede
UPDATE process SET superseded = true, live = NULL WHERE run_id = %s AND no = ANY (%s)

-- name: close_late_process
UPDATE process SET superseded = true, ended = true, last_seq = %s WHERE run_id = %s AND no = %s

-- name: reopen_run
UPDATE run SET state = 'running', ended_at = NULL WHERE id = %s AND state <> 'running'

-- name: partition_bounds
SELECT pg_get_expr(c.relpartbound, c.oid)
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'result'::regclass

-- name: results_per_run
SELECT coalesce(avg(passed + failed + skipped), 0)::float8
FROM (SELECT passed, failed, skipped FROM run WHERE id < %s ORDER BY id DESC LIMIT 1000) latest

-- ---------------------------------------------------------------- the recorder's commit

-- name: lock_runs
-- is_closed: an output.xml completed it, and no wall knows better.
SELECT id, key, state, imported_at IS NOT NULL AND state = 'finished' AS is_closed
FROM run WHERE id = ANY (%s) OR key = ANY (%s) ORDER BY id FOR NO KEY UPDATE

-- name: advance_processes
UPDATE process p SET
    last_seq = w.last_seq, live = w.live, total = coalesce(w.total, p.total),
    passed = p.passed + w.passed, failed = p.failed + w.failed, skipped = p.skipped + w.skipped, lost = p.lost + w.lost
FROM json_to_recordset(%s) AS w (
    run_id int, no int2, stored_seq int, last_seq int, live jsonb, total int, passed int, failed int, skipped int,
    lost int)
WHERE p.run_id = w.run_id AND p.no = w.no AND p.last_seq = w.stored_seq
RETURNING p.run_id, p.no

-- name: copy_results
COPY result (run_id, test_id, start_time, elapsed_time, tag_set_id, seq, lineno, process_no, status, id, message,
             source) FROM STDIN

-- name: create_arriving
CREATE TEMPORARY TABLE arriving (LIKE result) ON COMMIT DROP

-- name: copy_arriving
COPY arriving (run_id, test_id, start_time, elapsed_time, tag_set_id, seq, lineno, process_no, status, id, message,
               source) FROM STDIN

-- name: replace_results
INSERT INTO result SELECT * FROM arriving
ON CONFLICT (run_id, process_no, id) DO UPDATE SET
    test_id = excluded.test_id, start_time = excluded.start_time, elapsed_time = excluded.elapsed_time,
    tag_set_id = excluded.tag_set_id, seq = excluded.seq, lineno = excluded.lineno, status = excluded.status,
    message = excluded.message, source = excluded.source

-- name: recount_process
UPDATE process p SET passed = n.passed, failed = n.failed, skipped = n.skipped
FROM (SELECT count(*) FILTER (WHERE status = 0) AS passed, count(*) FILTER (WHERE status = 1) AS failed,
             count(*) FILTER (WHERE status = 2) AS skipped
      FROM result WHERE run_id = %(run_id)s AND process_no = %(no)s) n
WHERE p.run_id = %(run_id)s AND p.no = %(no)s

-- name: correct_results
UPDATE result r SET status = c.status, message = c.message
FROM json_to_recordset(%s) AS c (run_id int, process_no int2, id text, status int2, message text)
WHERE r.run_id = c.run_id AND r.process_no = c.process_no AND r.id = c.id

-- name: start_suites
INSERT INTO suite_result (run_id, process_no, id, suite_id, seq, source, doc, metadata, test_count, start_time)
SELECT * FROM json_to_recordset(%s) AS n (
    run_id int, process_no int2, id text, suite_id int, seq int, source text, doc text, metadata jsonb, test_count int,
    start_time timestamptz)
ON CONFLICT (run_id, process_no, id) DO UPDATE SET
    suite_id = excluded.suite_id, seq = excluded.seq, source = excluded.source, doc = excluded.doc,
    metadata = excluded.metadata, test_count = excluded.test_count, start_time = excluded.start_time

-- name: end_suites
UPDATE suite_result s SET
    status = e.status, message = e.message, elapsed_time = e.elapsed_time, setup = e.setup, teardown = e.teardown,
    doc = coalesce(e.doc, s.doc), metadata = coalesce(e.metadata, s.metadata)
FROM json_to_recordset(%s) AS e (
    run_id int, process_no int2, id text, status text, message text, elapsed_time float8, setup jsonb, teardown jsonb,
    doc text, metadata jsonb)
WHERE s.run_id = e.run_id AND s.process_no = e.process_no AND s.id = e.id

-- name: correct_suites
UPDATE suite_result s SET status = c.status, message = c.message
FROM json_to_recordset(%s) AS c (run_id int, process_no int2, id text, status text, message text)
WHERE s.run_id = c.run_id AND s.process_no = c.process_no AND s.id = c.id

-- name: results_to_verify
SELECT id, status, coalesce(message, '') FROM result WHERE run_id = %s AND process_no = %s

-- name: end_process
UPDATE process SET ended = true, verified = %(verified)s, end_event = %(end_event)s,
    total = %(total)s, passed = %(passed)s, failed = %(failed)s, skipped = %(skipped)s,
    warnings = %(warnings)s, errors = %(errors)s
WHERE run_id = %(run_id)s AND no = %(no)s

-- name: set_state
UPDATE run SET state = %(state)s WHERE id = %(id)s

-- name: name_run
UPDATE run SET name = %(name)s WHERE id = %(id)s AND name = ''

-- name: sum_runs
UPDATE run r SET
    total = CASE WHEN r.state = 'running' THEN greatest(s.total, r.announced) ELSE s.total END,
    passed = s.passed, failed = s.failed, skipped = s.skipped,
    warnings = s.warnings, errors = s.errors, lost = s.lost,
    status = NULL,
    verification = CASE WHEN s.verified THEN 'verified' WHEN s.unequal THEN 'partial' ELSE 'pending' END,
    missing = CASE WHEN r.state = 'running' THEN s.missing ELSE greatest(s.expected, r.announced) - s.stored END,
    missing_failures = s.missing_failures,
    last_news_at = greatest(r.last_news_at, w.news_at)
FROM unnest(%s::int[], %s::timestamptz[]) AS w (run_id, news_at)
CROSS JOIN LATERAL (
    SELECT coalesce(sum(total), 0) AS total, coalesce(sum(passed), 0) AS passed, coalesce(sum(failed), 0) AS failed,
           coalesce(sum(skipped), 0) AS skipped, coalesce(sum(warnings), 0) AS warnings,
           coalesce(sum(errors), 0) AS errors, coalesce(sum(lost), 0) AS lost,
           coalesce(bool_and(ended AND verified), false) AS verified,
           coalesce(bool_or(ended AND NOT verified), false) AS unequal, coalesce(bool_and(ended), false) AS ended,
           coalesce(sum(CASE WHEN ended THEN total ELSE passed + failed + skipped END), 0) AS stored,
           coalesce(sum(greatest(total, passed + failed + skipped, (end_event ->> 'total')::int)), 0) AS expected,
           coalesce(sum(greatest((end_event ->> 'total')::int - total, 0)) FILTER (WHERE ended), 0) AS missing,
           coalesce(sum(greatest((end_event ->> 'failed')::int - failed, 0)) FILTER (WHERE ended), 0) AS missing_failures
    FROM process WHERE process.run_id = w.run_id AND NOT superseded) s
WHERE r.id = w.run_id
RETURNING r.id, r.state, s.ended, r.verification, r.passed, r.failed, r.skipped, r.missing, r.missing_failures, r.lost

-- name: set_status
-- What run_status.py says of what sum_runs found.
UPDATE run SET status = s.status FROM unnest(%s::int[], %s::text[]) AS s (run_id, status) WHERE run.id = s.run_id

-- name: doubtful_runs
-- Ended well by the rule of an earlier release, which may have run again since this one was here first.
SELECT id FROM run
WHERE status IN ('PASS', 'SKIP') AND (verification <> 'verified' OR state = 'abandoned') AND id > %s
ORDER BY id LIMIT 1000

-- name: end_run
UPDATE run r SET ended_at = CASE WHEN r.state = 'running' THEN NULL ELSE coalesce(
    (SELECT max(start_time + make_interval(secs => elapsed_time)) FROM suite_result s
     JOIN process p ON p.run_id = s.run_id AND p.no = s.process_no
     WHERE s.run_id = r.id AND NOT p.superseded),
    (SELECT max(start_time + make_interval(secs => elapsed_time)) FROM result t
     JOIN process p ON p.run_id = t.run_id AND p.no = t.process_no
     WHERE t.run_id = r.id AND NOT p.superseded),
    %(at)s) END
WHERE r.id = %(id)s

-- name: learn_durations
INSERT INTO test_duration AS d (setup_id, test_id, elapsed_time)
SELECT run.setup_id, r.test_id, avg(r.elapsed_time)::real
FROM run
JOIN result r ON r.run_id = run.id
JOIN process p ON p.run_id = r.run_id AND p.no = r.process_no
WHERE run.id = %s AND NOT p.superseded AND r.status IN (0, 1)
GROUP BY run.setup_id, r.test_id
ORDER BY r.test_id
ON CONFLICT (setup_id, test_id) DO UPDATE
    SET elapsed_time = d.elapsed_time + (excluded.elapsed_time - d.elapsed_time) * 0.3

-- name: drop_live_of_run
UPDATE process SET live = NULL WHERE run_id = %s AND ended AND live IS NOT NULL

-- ---------------------------------------------------------------- the recorder's start

-- name: take_recording_lock
SELECT pg_try_advisory_lock(%s), current_setting('transaction_read_only')::boolean, pid, backend_start
FROM pg_stat_activity WHERE pid = pg_backend_pid()

-- name: end_former
-- A process of that number may be another's by now; its beginning tells.
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = %s AND backend_start = %s

-- name: positions
SELECT run.key, p.name, p.last_seq
FROM unnest(%s::int[], %s::int2[]) AS k (run_id, no)
JOIN process p USING (run_id, no)
JOIN run ON run.id = p.run_id

-- name: open_runs
SELECT run.id, run.key, setup.name AS setup, run.state, run.info, run.sorted_at, run.last_news_at,
       run.token_id, run.verification, run.missing_failures
FROM run JOIN setup ON setup.id = run.setup_id
WHERE (run.state = 'running' OR (run.state = 'abandoned' AND run.last_news_at > now() - interval '1 day'))
    AND (run.key = %(run)s
         OR (%(run)s::text IS NULL AND (run.state = 'running' OR setup.forgotten_at IS NULL
                                        OR run.last_news_at > setup.forgotten_at)))
ORDER BY run.id

-- name: processes_of_runs
SELECT run_id, name, no, slot, last_seq, live, ended, superseded, info,
       total, passed, failed, skipped, warnings, errors, lost,
       CASE WHEN ended THEN greatest((end_event ->> 'total')::int - total, 0) ELSE 0 END AS missing
FROM process WHERE run_id = ANY (%s) ORDER BY run_id, no

-- name: last_runs
SELECT run.*, setup.name AS setup, configuration.labels, commit.hash AS commit, commit.repository,
       (SELECT count(*) FROM process p WHERE p.run_id = run.id AND NOT p.superseded)::int AS processes
FROM setup
CROSS JOIN LATERAL (
    SELECT * FROM run WHERE run.setup_id = setup.id AND run.state <> 'running' ORDER BY sorted_at DESC, id DESC LIMIT 1
) run
JOIN configuration ON configuration.id = run.configuration_id
LEFT JOIN commit ON commit.id = run.commit_id
WHERE setup.name = ANY (%(configured)s)
    OR (run.last_news_at > coalesce(%(since)s, '-infinity'::timestamptz)
        AND run.last_news_at > coalesce(setup.forgotten_at, '-infinity'))
ORDER BY setup.name

-- name: last_failures
SELECT r.run_id, r.id, p.name AS process, t.name, t.longname, left(coalesce(r.message, ''), 300) AS message
FROM unnest(%s::int[]) AS k (run_id)
CROSS JOIN LATERAL (
    SELECT f.* FROM result f JOIN process q ON q.run_id = f.run_id AND q.no = f.process_no
    WHERE f.run_id = k.run_id AND f.status = 1 AND NOT q.superseded
    ORDER BY f.start_time DESC, f.seq DESC LIMIT 5
) r
JOIN process p ON p.run_id = r.run_id AND p.no = r.process_no
JOIN test t ON t.id = r.test_id
ORDER BY r.run_id, r.start_time DESC, r.seq DESC

-- name: setup_of_run
SELECT setup.name FROM run JOIN setup ON setup.id = run.setup_id WHERE run.key = %s

-- ---------------------------------------------------------------- importing

-- name: runs_like_output
-- Runs that a file may be of, each with its processes. start: of the root suite, as if its zone were UTC. Any zone is at
-- most 14 hours and a whole number of quarters of an hour from that, and a listener is made within seconds.
SELECT run.id AS run_id, run.key, setup.name AS setup, run.name, run.info, run.state, p.no, p.name AS process,
       p.info ->> 'started_at' AS said_at, root.start_time, suite.name AS root
FROM run
JOIN setup ON setup.id = run.setup_id
JOIN process p ON p.run_id = run.id AND NOT p.superseded
LEFT JOIN suite_result root ON root.run_id = run.id AND root.process_no = p.no AND root.id = 's1'
LEFT JOIN suite ON suite.id = root.suite_id
WHERE (%(run)s::text IS NULL OR run.key = %(run)s)
  AND (%(setup)s::text IS NULL OR %(run)s::text IS NOT NULL OR setup.name = %(setup)s)
  AND (%(run)s::text IS NOT NULL OR (
    run.started_at BETWEEN %(start)s - interval '8 days' AND %(start)s + interval '15 hours'
    AND (p.info ->> 'started_at' <> '' OR root.start_time IS NOT NULL)
    AND mod(extract(epoch FROM coalesce(root.start_time, (p.info ->> 'started_at')::timestamptz) - %(start)s) + 54001,
            900) BETWEEN 0 AND 17))
ORDER BY run.id, p.no
LIMIT 1000

-- name: is_recorded_now
SELECT EXISTS (
    SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = 0 AND objid = %s::bigint::oid AND objsubid = 1
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))

-- name: latest_run
SELECT coalesce(max(id), 0) AS id FROM run

-- name: create_imported
CREATE TEMPORARY TABLE imported (LIKE result) ON COMMIT DROP

-- name: create_imported_suites
CREATE TEMPORARY TABLE imported_suite (LIKE suite_result) ON COMMIT DROP

-- name: copy_imported
COPY imported (run_id, test_id, start_time, elapsed_time, tag_set_id, seq, lineno, process_no, status, id, message,
               source) FROM STDIN

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
CREATE INDEX ON imported (id)

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
    tag_set_id = i.tag_set_id, lineno = i.lineno, status = i.status, message = i.message
FROM imported i
WHERE r.run_id = %(run_id)s AND r.process_no = %(no)s AND r.id = i.id
  AND ((r.test_id, r.tag_set_id, r.lineno, r.status, r.message)
       IS DISTINCT FROM (i.test_id, i.tag_set_id, i.lineno, i.status, i.message)
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
INSERT INTO result (run_id, test_id, start_time, elapsed_time, tag_set_id, seq, lineno, process_no, status, id, message)
SELECT %(run_id)s, test_id, start_time, elapsed_time, tag_set_id, seq, lineno, %(no)s, status, id, message
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
COPY (SELECT id, status, coalesce(message, '') FROM result
      WHERE run_id = {run_id} AND process_no = {no} ORDER BY id COLLATE "C") TO STDOUT

-- name: seal_process
-- What its node still sends counts as stored: the file knew better.
UPDATE process SET last_seq = %(sealed)s, lost = 0, live = NULL WHERE run_id = %(run_id)s AND no = %(no)s

-- name: supersede_others
-- announced: the file has all that was to come.
WITH run AS (UPDATE run SET announced = 0 WHERE id = %(run_id)s)
UPDATE process SET superseded = true, ended = true, last_seq = %(sealed)s, live = NULL
WHERE run_id = %(run_id)s AND no <> %(no)s

-- name: note_import
UPDATE run SET imported_at = clock_timestamp() WHERE id = %(run_id)s
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

-- name: remove_suites
DELETE FROM suite_result WHERE run_id = ANY (%s)

-- name: remove_runs
SELECT remove_imported_runs(%s)

-- name: recent_imports
SELECT key, imported_at FROM run WHERE imported_at > now() - interval '10 minutes'

-- ---------------------------------------------------------------- reading

-- name: run_id
SELECT id FROM run WHERE key = %s

-- name: runs
SELECT run.id AS run_id, run.key, run.name, run.state, run.status, run.verification, run.branch, run.total, run.passed,
       run.failed, run.skipped, run.warnings, run.errors, run.lost, run.missing, run.missing_failures, run.started_at,
       run.ended_at,
       run.sorted_at, run.received_at, run.last_news_at, run.info, setup.name AS setup, configuration.labels, commit.hash AS commit,
       commit.repository,
       (SELECT count(*) FROM process p WHERE p.run_id = run.id AND NOT p.superseded)::int AS processes
FROM run
JOIN setup ON setup.id = run.setup_id
JOIN configuration ON configuration.id = run.configuration_id
LEFT JOIN commit ON commit.id = run.commit_id
WHERE {conditions}
ORDER BY run.sorted_at DESC, run.id DESC
LIMIT %(limit)s

-- name: runs_of_key
run.key = %(key)s

-- name: runs_of_setup
run.setup_id = (SELECT id FROM setup WHERE name = %(setup)s)

-- name: runs_of_status
run.status = %(status)s

-- name: runs_of_state
run.state = %(state)s

-- name: runs_of_branch
left(run.branch, 200) = left(%(branch)s, 200) AND run.branch = %(branch)s

-- name: runs_of_commit
run.commit_id IN (SELECT id FROM commit WHERE hash LIKE %(commit)s)

-- name: runs_before
(run.sorted_at, run.id) < (%(sorted_at)s, %(id)s)

-- name: processes_of_one
SELECT name, slot, superseded, ended, verified, lost, total, passed, failed, skipped,
       CASE WHEN ended THEN greatest((end_event ->> 'total')::int - total, 0) ELSE 0 END AS missing
FROM process WHERE run_id = %s ORDER BY no

-- name: suites
SELECT r.process_no, r.seq, r.id, suite.name, suite.longname, r.source, r.doc, r.metadata, r.test_count, r.status,
       r.message, r.start_time, r.elapsed_time, r.setup, r.teardown, p.name AS process
FROM suite_result r
JOIN process p ON p.run_id = r.run_id AND p.no = r.process_no
JOIN suite ON suite.id = r.suite_id
WHERE r.run_id = %(run_id)s AND NOT p.superseded AND (r.process_no, r.seq) > (%(process_no)s, %(seq)s)
ORDER BY r.process_no, r.seq
LIMIT %(limit)s

-- name: tests_by_suite
SELECT process_no, regexp_replace(id, '-[^-]*$', '') AS suite, status, count(*) AS tests
FROM result WHERE run_id = %s
GROUP BY 1, 2, 3

-- name: tests
SELECT page.process_no, page.seq, page.id, page.name, page.longname,
       coalesce(page.source, suite_result.source, '') AS source, page.lineno, page.tags,
       (ARRAY['PASS', 'FAIL', 'SKIP', 'NOT RUN'])[page.status + 1] AS status, coalesce(page.message, '') AS message,
       page.start_time, page.elapsed_time, page.process
FROM (
    SELECT r.*, t.name, t.longname, g.tags, p.name AS process
    FROM result r
    JOIN process p ON p.run_id = r.run_id AND p.no = r.process_no
    JOIN test t ON t.id = r.test_id
    JOIN tag_set g ON g.id = r.tag_set_id
    WHERE r.run_id = %(run_id)s AND NOT p.superseded AND {conditions}
    ORDER BY r.process_no, r.seq
    LIMIT %(limit)s
) page
LEFT JOIN suite_result ON suite_result.run_id = %(run_id)s AND suite_result.process_no = page.process_no
    AND suite_result.id = regexp_replace(page.id, '-[^-]*$', '')
ORDER BY page.process_no, page.seq

-- name: tests_of_status
r.status = %(status)s

-- name: tests_of_tag
EXISTS (SELECT FROM jsonb_array_elements_text(g.tags) AS tag WHERE lower(translate(tag, ' _', '')) = %(tag)s)

-- name: tests_of_q
(position(lower(%(q)s) IN lower(t.longname)) > 0 OR position(lower(%(q)s) IN lower(r.message)) > 0)

-- name: tests_of_suite
starts_with(r.id, %(suite)s || '-')

-- name: tests_of_process
p.name = %(process)s

-- name: tests_after
(r.process_no, r.seq) > (%(process_no)s, %(seq)s)

-- name: tests_of_longname
SELECT id FROM test WHERE digest = ANY (%s::bytea[])

-- name: runs_of_test
-- From the index result_timeline alone: the order is that of when runs started, which no index of results has.
SELECT run.id, run.sorted_at
FROM (SELECT DISTINCT run_id FROM result WHERE test_id = ANY (%(tests)s)) ran
JOIN run ON run.id = ran.run_id
WHERE {conditions}
ORDER BY run.sorted_at DESC, run.id DESC
LIMIT %(limit)s

-- name: setups_of_test
SELECT run.setup_id, setup.name AS setup, max(run.sorted_at) AS last, count(*)::int AS total,
       (count(*) FILTER (WHERE r.status = 0))::int AS passed, (count(*) FILTER (WHERE r.status = 1))::int AS failed,
       (count(*) FILTER (WHERE r.status = 2))::int AS skipped
FROM result r
JOIN run ON run.id = r.run_id
JOIN setup ON setup.id = run.setup_id
WHERE r.test_id = ANY (%(tests)s) AND {conditions}
  AND NOT EXISTS (SELECT FROM process p WHERE p.run_id = r.run_id AND p.no = r.process_no AND p.superseded)
GROUP BY run.setup_id, setup.name
ORDER BY last DESC, run.setup_id DESC

-- name: latest_runs_of_test
SELECT id
FROM (
    SELECT run.id, row_number() OVER (PARTITION BY run.setup_id ORDER BY run.sorted_at DESC, run.id DESC) AS no
    FROM (SELECT DISTINCT run_id FROM result WHERE test_id = ANY (%(tests)s)) ran
    JOIN run ON run.id = ran.run_id
    WHERE run.setup_id = ANY (%(setups)s) AND {conditions}) numbered
WHERE no <= %(latest)s

-- name: test_in_runs
SELECT run.key AS run, r.id, p.name AS process, setup.name AS setup, run.branch, commit.hash AS commit,
       commit.repository, configuration.labels, run.state, run.started_at, run.info->'build' AS build,
       (ARRAY['PASS', 'FAIL', 'SKIP', 'NOT RUN'])[r.status + 1] AS status, coalesce(r.message, '') AS message,
       r.start_time, r.elapsed_time
FROM unnest(%(runs)s::int[]) AS k (run_id)
JOIN result r ON r.run_id = k.run_id AND r.test_id = ANY (%(tests)s)
JOIN run ON run.id = r.run_id
JOIN process p ON p.run_id = r.run_id AND p.no = r.process_no
JOIN setup ON setup.id = run.setup_id
JOIN configuration ON configuration.id = run.configuration_id
LEFT JOIN commit ON commit.id = run.commit_id
WHERE NOT p.superseded
ORDER BY run.sorted_at DESC, run.id DESC, r.process_no DESC, r.seq DESC

-- name: history_of_setup
run.setup_id = (SELECT id FROM setup WHERE name = %(setup)s)

-- name: history_of_branch
run.branch = %(branch)s

-- name: setups
-- livewall-probe is live.PROBE_SETUP: its row stays, because the recorder refers to it, and nobody wants to see it.
SELECT setup.name, setup.first_seen, last.key AS last_run, last.state, last.status, last.last_news_at
FROM setup
LEFT JOIN LATERAL (
    SELECT * FROM run WHERE run.setup_id = setup.id ORDER BY sorted_at DESC, id DESC LIMIT 1
) last ON true
WHERE setup.name <> 'livewall-probe'
ORDER BY setup.name

-- name: setups_on_the_wall
-- What may be forgotten: all that reported and was not forgotten since. running: a run that goes on there.
SELECT setup.name, runs.last_news_at, runs.runs, runs.running
FROM setup
CROSS JOIN LATERAL (
    SELECT max(last_news_at) AS last_news_at, count(*) AS runs, min(key) FILTER (WHERE state = 'running') AS running
    FROM run WHERE run.setup_id = setup.id
) runs
WHERE setup.name <> 'livewall-probe'
    AND (setup.forgotten_at IS NULL OR setup.forgotten_at < runs.last_news_at)
ORDER BY setup.name

-- name: forget_setups
-- Not before the last news, by whatever clock.
UPDATE setup SET forgotten_at =
    greatest(now(), (SELECT max(last_news_at) FROM run WHERE run.setup_id = setup.id))
WHERE name = ANY (%s) AND NOT EXISTS (SELECT FROM run WHERE run.setup_id = setup.id AND run.state = 'running')
RETURNING name

-- name: recently_forgotten
SELECT name, forgotten_at FROM setup WHERE forgotten_at > now() - interval '10 minutes'

-- name: durations_on_setup
SELECT t.longname, max(d.elapsed_time)::float8 AS elapsed_time
FROM test t
JOIN test_duration d ON d.test_id = t.id
WHERE t.digest = ANY (%s::bytea[]) AND d.setup_id = (SELECT id FROM setup WHERE name = %s)
GROUP BY t.longname

-- name: durations_anywhere
SELECT t.longname, avg(d.elapsed_time)::float8 AS elapsed_time
FROM test t
JOIN test_duration d ON d.test_id = t.id
WHERE t.digest = ANY (%s::bytea[])
GROUP BY t.longname

-- name: artifacts
SELECT artifact.name, p.name AS process, artifact.content_type, artifact.size, artifact.sha256, artifact.stored_at
FROM artifact LEFT JOIN process p ON p.run_id = artifact.run_id AND p.no = artifact.process_no
WHERE artifact.run_id = %s ORDER BY artifact.name

-- name: run_of_build
SELECT key FROM run
WHERE left(build_url, 500) = left(%s, 500) AND build_url = %s AND build_url <> ''
ORDER BY id DESC LIMIT 1

-- name: runs_of_builds
SELECT run.id AS run_id, run.build_url, run.key AS id, setup.name AS setup, run.state, run.status, run.verification,
       run.total, run.passed, run.failed, run.skipped,
       EXISTS (SELECT FROM artifact WHERE artifact.run_id = run.id AND artifact.name = 'log.html') AS has_log
FROM run
JOIN setup ON setup.id = run.setup_id
WHERE left(run.build_url, 500) = ANY (%(beginnings)s) AND run.build_url = ANY (%(urls)s) AND run.build_url <> ''
ORDER BY run.sorted_at, run.id

-- name: failures_of_runs
-- since: the first failure after the test last passed on the run's setup, up to this run. A skip or a run without the
-- test neither begins nor ends a streak. It goes back no further than the setup's 1,000 runs before (edge).
SELECT run.id AS run_id, f.id, f.process, f.longname, f.message, since.run AS since
FROM run
CROSS JOIN LATERAL (
    SELECT r.id, r.test_id, r.process_no, r.seq, p.name AS process, t.longname,
           left(coalesce(r.message, ''), 300) AS message
    FROM result r
    JOIN process p ON p.run_id = r.run_id AND p.no = r.process_no
    JOIN test t ON t.id = r.test_id
    WHERE r.run_id = run.id AND r.status = 1 AND NOT p.superseded
    ORDER BY r.process_no, r.seq LIMIT 5
) f
LEFT JOIN LATERAL (
    SELECT before.sorted_at, before.id
    FROM (SELECT b.sorted_at, b.id FROM run b
          WHERE b.setup_id = run.setup_id AND (b.sorted_at, b.id) < (run.sorted_at, run.id)
          ORDER BY b.sorted_at DESC, b.id DESC LIMIT 1000) before
    JOIN result r ON r.run_id = before.id AND r.test_id = f.test_id AND r.status = 0
    WHERE NOT EXISTS (SELECT FROM process p WHERE p.run_id = r.run_id AND p.no = r.process_no AND p.superseded)
    ORDER BY before.sorted_at DESC, before.id DESC LIMIT 1
) passed ON true
LEFT JOIN LATERAL (
    SELECT b.sorted_at, b.id FROM run b
    WHERE b.setup_id = run.setup_id AND (b.sorted_at, b.id) < (run.sorted_at, run.id)
    ORDER BY b.sorted_at DESC, b.id DESC OFFSET 1000 LIMIT 1
) edge ON passed.id IS NULL
LEFT JOIN LATERAL (
    SELECT json_build_object('run', a.key, 'build', a.info->'build', 'started_at', a.started_at,
        'commit', coalesce((SELECT hash FROM commit WHERE commit.id = a.commit_id), '')) AS run
    FROM run a
    JOIN result r ON r.run_id = a.id AND r.test_id = f.test_id AND r.status = 1
    WHERE a.setup_id = run.setup_id AND (a.sorted_at, a.id) <= (run.sorted_at, run.id)
      AND (a.sorted_at, a.id) > (coalesce(passed.sorted_at, edge.sorted_at, '-infinity'), coalesce(passed.id, edge.id, 0))
      AND NOT EXISTS (SELECT FROM process p WHERE p.run_id = r.run_id AND p.no = r.process_no AND p.superseded)
    ORDER BY a.sorted_at, a.id LIMIT 1
) since ON true
WHERE run.id = ANY (%s)
ORDER BY run.id, f.process_no, f.seq

-- name: run_tags
SELECT tag, sum(tests)::int AS total, coalesce(sum(tests) FILTER (WHERE status = 0), 0)::int AS passed,
       coalesce(sum(tests) FILTER (WHERE status = 1), 0)::int AS failed,
       coalesce(sum(tests) FILTER (WHERE status = 2), 0)::int AS skipped
FROM (
    SELECT r.tag_set_id, r.status, count(*) AS tests
    FROM result r JOIN process p ON p.run_id = r.run_id AND p.no = r.process_no
    WHERE r.run_id = %s AND NOT p.superseded
    GROUP BY 1, 2
) tally
JOIN tag_set g ON g.id = tally.tag_set_id
CROSS JOIN LATERAL jsonb_array_elements_text(g.tags) AS tag
GROUP BY tag ORDER BY lower(tag), tag
