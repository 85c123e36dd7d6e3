-- Result sets that are handed over whole, and what a result has beside its row.

-- name: run_of_set
SELECT run.id, setup.name AS setup, ARRAY(SELECT name FROM process p WHERE p.run_id = run.id) AS processes
FROM run JOIN setup ON setup.id = run.setup_id WHERE run.key = %s

-- name: remove_results_of_run
DELETE FROM result WHERE run_id = %s

-- name: remove_suites_of_run
DELETE FROM suite_result WHERE run_id = %s

-- name: remove_attempts_of_run
DELETE FROM attempt WHERE run_id = %s

-- name: copy_results_of_set
COPY result (run_id, test_id, start_time, elapsed_time, tag_set_id, seq, lineno, process_no, status, id, message,
             source, expected, actual, attempts, extra) FROM STDIN

-- name: digest_of_set
-- As the listener's wire.digest_of has it: a node tells the same of what it sent.
SELECT encode(sha256(convert_to(coalesce(string_agg(
           id || E'\x1f' || (ARRAY['PASS', 'FAIL', 'SKIP', 'NOT RUN'])[status + 1] || E'\x1f' || coalesce(message, '') || E'\x1e',
           '' ORDER BY id COLLATE "C"), ''), 'UTF8')), 'hex') AS digest,
       ARRAY[count(*) FILTER (WHERE counts_as = 0), count(*) FILTER (WHERE counts_as = 1),
             count(*) FILTER (WHERE counts_as = 2), count(*) FILTER (WHERE counts_as = 3),
             count(*) FILTER (WHERE counts_as = 4)]::int[] AS counts
FROM (SELECT id, status, message, result_counts_as(status, actual, expected) AS counts_as
      FROM result WHERE run_id = %s OFFSET 0) r

-- name: add_suite_results
INSERT INTO suite_result (run_id, process_no, id, suite_id, seq, source, doc, metadata, test_count, start_time,
                          status, message, elapsed_time, setup, teardown)
SELECT %s, %s, n.* FROM json_to_recordset(%s) AS n (
    id text, suite_id int, seq int, source text, doc text, metadata jsonb, test_count int, start_time timestamptz,
    status text, message text, elapsed_time float8, setup jsonb, teardown jsonb)

-- name: add_attempts
INSERT INTO attempt (run_id, process_no, id, no, status, start_time, elapsed_time, message)
SELECT %s, %s, n.* FROM json_to_recordset(%s) AS n (
    id text, no int2, status int2, start_time timestamptz, elapsed_time float8, message text)

-- name: keep_raw_upload
INSERT INTO raw_upload (run_id, packed) VALUES (%s, %s)
ON CONFLICT (run_id) DO UPDATE SET packed = excluded.packed
