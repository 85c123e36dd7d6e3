-- What the recorder asks and writes: runs and processes, results, and where it left off.
-- Many rows come as one JSON document: psycopg makes arrays in Python, item by item, and JSON in C.

-- ---------------------------------------------------------------- register

-- name: intern_words
-- Numbers of a run's setup, configuration and commit, if it names one, made where there were none. One that somebody else
-- made between the look and the insert is NULL.
WITH given AS (SELECT %(labels)s::jsonb AS labels, sha256(convert_to((%(labels)s::jsonb)::text, 'UTF8')) AS digest),
known_setup AS (SELECT id FROM setup WHERE name = %(setup)s),
made_setup AS (
    INSERT INTO setup (name) SELECT %(setup)s WHERE NOT EXISTS (SELECT FROM known_setup)
    ON CONFLICT DO NOTHING RETURNING id),
known_configuration AS (SELECT id FROM configuration WHERE digest = (SELECT digest FROM given)),
made_configuration AS (
    INSERT INTO configuration (digest, labels)
    SELECT digest, labels FROM given WHERE NOT EXISTS (SELECT FROM known_configuration)
    ON CONFLICT DO NOTHING RETURNING id),
known_commit AS (
    SELECT id FROM commit WHERE repository = %(repository)s AND branch = %(branch)s AND hash = %(hash)s),
made_commit AS (
    INSERT INTO commit (repository, branch, hash)
    SELECT %(repository)s, %(branch)s, %(hash)s WHERE %(hash)s <> '' AND NOT EXISTS (SELECT FROM known_commit)
    ON CONFLICT DO NOTHING RETURNING id)
SELECT (SELECT id FROM known_setup UNION ALL SELECT id FROM made_setup) AS setup,
       (SELECT id FROM known_configuration UNION ALL SELECT id FROM made_configuration) AS configuration,
       (SELECT id FROM known_commit UNION ALL SELECT id FROM made_commit) AS commit

-- name: find_run
SELECT id, state, info, token_id, CASE WHEN imported_at IS NOT NULL AND state = 'finished' THEN ended_at END AS closed_at
FROM run WHERE key = %s FOR NO KEY UPDATE

-- name: owner_of_run
SELECT setup.name AS setup, run.token_id, run.info ->> 'job' AS job,
       EXISTS (SELECT FROM token WHERE token.id = run.token_id AND token.revoked_at IS NULL
               AND (token.expires_at IS NULL OR token.expires_at > now())) AS is_held
FROM run JOIN setup ON setup.id = run.setup_id WHERE run.key = %s

-- name: add_run
-- With its first process.
WITH made AS (
    INSERT INTO run (key, setup_id, configuration_id, commit_id, branch, name, suite, build_url, announced, total,
                     started_at, sorted_at, received_at, last_news_at, info, token_id)
    VALUES (%(key)s, %(setup)s, %(configuration)s, %(commit)s, %(branch)s, %(name)s, %(suite)s, %(build_url)s,
            %(announced)s, %(announced)s, %(started_at)s, %(sorted_at)s, %(received_at)s, %(received_at)s, %(info)s,
            %(token)s)
    ON CONFLICT DO NOTHING RETURNING id),
process AS (
    INSERT INTO process (run_id, no, name, slot, info) SELECT id, 0, %(process)s, %(slot)s, %(info)s FROM made)
SELECT id FROM made

-- name: update_run
UPDATE run SET setup_id = %(setup)s, configuration_id = %(configuration)s, commit_id = %(commit)s,
    branch = %(branch)s, suite = coalesce(%(suite)s, suite), build_url = %(build_url)s, announced = greatest(announced, %(announced)s),
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
-- sealed: last_seq of one that a file or an upload knew better, so that what its node still sends counts as stored; else NULL.
UPDATE process SET ended = true, verified = %(verified)s, end_event = %(end_event)s,
    last_seq = coalesce(%(sealed)s, last_seq), lost = CASE WHEN %(sealed)s::int IS NULL THEN lost ELSE 0 END,
    live = CASE WHEN %(sealed)s::int IS NULL THEN live END,
    total = %(total)s, passed = %(passed)s, failed = %(failed)s, skipped = %(skipped)s,
    expected_failures = %(expected_failures)s, warnings = %(warnings)s, errors = %(errors)s
WHERE run_id = %(run_id)s AND no = %(no)s

-- name: name_run
UPDATE run SET name = %(name)s WHERE id = %(id)s AND name = ''

-- name: sum_runs
-- What their processes make of runs that have these states from now on, NULL for that which they have. ended_at of one that
-- is over is for end_runs to say.
UPDATE run r SET
    state = coalesce(w.state, r.state), ended_at = CASE WHEN coalesce(w.state, r.state) <> 'running' THEN r.ended_at END,
    total = CASE WHEN coalesce(w.state, r.state) = 'running' THEN greatest(s.total, r.announced) ELSE s.total END,
    passed = s.passed, failed = s.failed, skipped = s.skipped, expected_failures = s.expected_failures,
    warnings = s.warnings, errors = s.errors, lost = s.lost,
    status = NULL,
    verification = CASE WHEN s.verified THEN 'verified' WHEN s.unequal THEN 'partial' ELSE 'pending' END,
    missing = CASE WHEN coalesce(w.state, r.state) = 'running' THEN s.missing
              ELSE greatest(s.expected, r.announced) - s.stored END,
    missing_failures = s.missing_failures,
    last_news_at = greatest(r.last_news_at, w.news_at)
FROM unnest(%s::int[], %s::timestamptz[], %s::text[]) AS w (run_id, news_at, state)
CROSS JOIN LATERAL (
    SELECT coalesce(sum(total), 0) AS total, coalesce(sum(passed), 0) AS passed, coalesce(sum(failed), 0) AS failed,
           coalesce(sum(skipped), 0) AS skipped, coalesce(sum(expected_failures), 0) AS expected_failures,
           coalesce(sum(warnings), 0) AS warnings, coalesce(sum(errors), 0) AS errors, coalesce(sum(lost), 0) AS lost,
           coalesce(bool_and(ended AND verified), false) AS verified,
           coalesce(bool_or(ended AND NOT verified), false) AS unequal, coalesce(bool_and(ended), false) AS ended,
           coalesce(sum(CASE WHEN ended THEN total ELSE passed + failed + skipped END), 0) AS stored,
           coalesce(sum(total - passed - failed - skipped - expected_failures) FILTER (WHERE ended), 0) AS not_run,
           coalesce(sum(greatest(total, passed + failed + skipped, (end_event ->> 'total')::int)), 0) AS expected,
           coalesce(sum(greatest((end_event ->> 'total')::int - total, 0)) FILTER (WHERE ended), 0) AS missing,
           coalesce(sum(greatest((end_event ->> 'failed')::int - failed, 0)) FILTER (WHERE ended), 0) AS missing_failures
    FROM process WHERE process.run_id = w.run_id AND NOT superseded) s
WHERE r.id = w.run_id
RETURNING r.id, r.state, s.ended, r.verification, r.passed, r.failed, r.skipped, r.expected_failures, r.missing, r.missing_failures, r.lost,
          s.not_run

-- name: doubtful_runs
-- Ended well by the rule of an earlier release, which may have run again since this one was here first.
SELECT id FROM run
WHERE status IN ('PASS', 'SKIP') AND (verification <> 'verified' OR state = 'abandoned') AND id > %s
ORDER BY id LIMIT 1000

-- name: end_runs
-- status: what run_status.py says of what sum_runs found. at: when it ended, where no suite and no test says so.
UPDATE run r SET status = w.status, ended_at = coalesce(
    (SELECT max(start_time + make_interval(secs => elapsed_time)) FROM suite_result s
     JOIN process p ON p.run_id = s.run_id AND p.no = s.process_no
     WHERE s.run_id = r.id AND NOT p.superseded),
    (SELECT max(start_time + make_interval(secs => elapsed_time)) FROM result t
     JOIN process p ON p.run_id = t.run_id AND p.no = t.process_no
     WHERE t.run_id = r.id AND NOT p.superseded),
    w.at, r.ended_at)
FROM unnest(%s::int[], %s::text[], %s::timestamptz[]) AS w (run_id, status, at)
WHERE r.id = w.run_id

-- name: note_tags
-- Unless the run was removed meanwhile.
INSERT INTO run_tags (run_id, tags)
SELECT run.id, (
    SELECT coalesce(array_agg(DISTINCT tag), '{}')
    FROM (
        SELECT DISTINCT r.tag_set_id
        FROM result r JOIN process p ON p.run_id = r.run_id AND p.no = r.process_no
        WHERE r.run_id = %(id)s AND NOT p.superseded) used
    JOIN tag_set ON tag_set.id = used.tag_set_id
    CROSS JOIN unnest(tag_keys(tag_set.tags)) AS tag)
FROM run WHERE run.id = %(id)s FOR KEY SHARE
ON CONFLICT (run_id) DO UPDATE SET tags = excluded.tags WHERE run_tags.tags <> excluded.tags

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
       total, passed, failed, skipped, expected_failures, warnings, errors, lost,
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
    WHERE f.run_id = k.run_id AND (f.status = 1 OR f.expected IS NOT NULL) AND NOT q.superseded
      AND result_counts_as(f.status, f.actual, f.expected) = 1
    ORDER BY f.start_time DESC, f.seq DESC LIMIT 5
) r
JOIN process p ON p.run_id = r.run_id AND p.no = r.process_no
JOIN test t ON t.id = r.test_id
ORDER BY r.run_id, r.start_time DESC, r.seq DESC

-- name: setup_of_run
SELECT setup.name FROM run JOIN setup ON setup.id = run.setup_id WHERE run.key = %s
