-- Two runs, test by test.

-- name: pair_runs
-- Each test of either run, the results of one identity side by side. A test that ran twice in a run is paired by its order.
WITH results AS MATERIALIZED (
    SELECT r.run_id, r.process_no, r.id, r.test_id, r.elapsed_time, coalesce(i.identity_id, r.test_id) AS identity,
           result_counts_as(r.status, r.actual, r.expected) AS counts_as,
           row_number() OVER (PARTITION BY r.run_id, coalesce(i.identity_id, r.test_id) ORDER BY r.process_no, r.seq) AS no
    FROM result r
    JOIN process p ON p.run_id = r.run_id AND p.no = r.process_no
    LEFT JOIN test_identity i ON i.test_id = r.test_id
    WHERE r.run_id = ANY (ARRAY[%(left)s, %(right)s]) AND NOT p.superseded),
pairs AS (
    SELECT identity, no, coalesce(b.test_id, a.test_id) AS test_id, a.counts_as AS was, b.counts_as AS is_now,
           a.process_no AS left_process, a.id AS left_id, b.process_no AS right_process, b.id AS right_id,
           a.elapsed_time AS took, b.elapsed_time AS takes
    FROM (SELECT * FROM results WHERE run_id = %(left)s) a
    FULL JOIN (SELECT * FROM results WHERE run_id = %(right)s) b USING (identity, no)),
compared AS MATERIALIZED (
    SELECT pairs.*, test.longname, CASE
        WHEN is_now = 1 AND was IS DISTINCT FROM 1 THEN 0
        WHEN was IS NOT NULL AND (is_now IS NULL OR is_now IN (2, 3) AND was NOT IN (2, 3)) THEN 1
        WHEN was = 1 AND is_now IN (1, 4) THEN 2
        WHEN was = 1 AND is_now = 0 THEN 3
        WHEN was = 0 AND is_now = 0 AND takes >= %(slower_ratio)s * took AND takes - took >= %(slower_by)s THEN 4
    END AS kind
    FROM pairs JOIN test ON test.id = pairs.test_id)
{wanted}

-- name: count_kinds
SELECT kind, count(*)::int AS tests FROM compared WHERE kind IS NOT NULL GROUP BY kind

-- name: page_of_kinds
SELECT kind, left(longname, 300) AS place, identity, no, longname, left_process, left_id, right_process, right_id
FROM compared
WHERE kind IS NOT NULL AND (%(kind)s::int IS NULL OR kind = %(kind)s)
  AND (%(q)s::text IS NULL OR position(lower(%(q)s) IN lower(longname)) > 0)
  AND (kind, left(longname, 300) COLLATE "C", identity, no) > (%(after_kind)s, %(after_place)s, %(after_identity)s, %(after_no)s)
ORDER BY kind, left(longname, 300) COLLATE "C", identity, no
LIMIT %(limit)s

-- name: results_of_run
-- Those of a run that are named by process and id.
SELECT r.process_no, r.id, p.name AS process, t.longname,
       (ARRAY['PASS', 'FAIL', 'SKIP', 'NOT RUN'])[r.status + 1] AS status, r.actual, r.expected,
       result_counts_as(r.status, r.actual, r.expected) AS counts_as, coalesce(r.message, '') AS message, r.start_time,
       r.elapsed_time, coalesce(r.attempts, 1) AS attempts
FROM unnest(%(processes)s::int[], %(ids)s::text[]) AS n (process_no, id)
JOIN result r ON r.run_id = %(run_id)s AND r.process_no = n.process_no AND r.id = n.id
JOIN process p ON p.run_id = r.run_id AND p.no = r.process_no
JOIN test t ON t.id = r.test_id

-- name: run_before
-- The latest one before it of the same suite, on the same setup and branch.
SELECT b.key
FROM run JOIN run b ON b.setup_id = run.setup_id AND b.branch = run.branch
    AND coalesce(b.suite, b.name) = coalesce(run.suite, run.name)
    AND (b.sorted_at, b.id) < (run.sorted_at, run.id)
WHERE run.key = %(key)s AND b.state <> 'running'
ORDER BY b.sorted_at DESC, b.id DESC LIMIT 1

-- name: run_number
SELECT id FROM run WHERE key = %(key)s
