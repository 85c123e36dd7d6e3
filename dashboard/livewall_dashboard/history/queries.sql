-- What store.py reads of the history.

-- name: run_id
SELECT id FROM run WHERE key = %s

-- name: processes_of_one
SELECT name, slot, superseded, ended, verified, lost, total, passed, failed, skipped, expected_failures,
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
SELECT process_no, regexp_replace(id, '-[^-]*$', '') AS suite, result_counts_as(status, actual, expected) AS counts_as,
       count(*) AS tests
FROM result WHERE run_id = %s
GROUP BY 1, 2, 3

-- name: tests
SELECT page.process_no, page.seq, page.id, page.name, page.longname, page.actual, page.expected,
       coalesce(page.attempts, 1) AS attempts, page.extra,
       CASE WHEN page.attempts > 1 THEN (
           SELECT count(*) FROM attempt a WHERE a.run_id = page.run_id AND a.process_no = page.process_no
           AND a.id = page.id AND a.status = 1) ELSE 0 END AS failed_attempts,
       result_counts_as(page.status, page.actual, page.expected) AS counts_as,
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

-- name: tests_of_outcome
result_counts_as(r.status, r.actual, r.expected) = %(outcome)s

-- name: tests_of_tag
EXISTS (SELECT FROM jsonb_array_elements_text(g.tags) AS tag WHERE lower(translate(tag, ' _', '')) = %(tag)s)

-- name: tests_of_q
(position(lower(%(q)s) IN lower(t.longname)) > 0 OR position(lower(%(q)s) IN lower(r.message)) > 0)

-- name: tests_of_digests
r.test_id IN (
    SELECT id FROM test WHERE digest = ANY (%(digests)s::bytea[])
    UNION ALL
    SELECT m.test_id FROM test t
    JOIN test_identity i ON i.test_id = t.id
    JOIN test_identity m ON m.identity_id = i.identity_id
    WHERE t.digest = ANY (%(digests)s::bytea[]))

-- name: tests_of_suite
starts_with(r.id, %(suite)s || '-')

-- name: tests_of_folder
(starts_with(t.longname, %(folder)s || '.') OR starts_with(t.longname, %(folder)s || '/'))

-- name: tests_of_process
p.name = %(process)s

-- name: tests_of_test
r.id = %(test)s

-- name: tests_after
(r.process_no, r.seq) > (%(process_no)s, %(seq)s)

-- name: tests_of_attempts
coalesce(r.attempts, 1) >= %(attempts)s

-- name: attempts
SELECT a.process_no, r.seq, a.no, a.id, p.name AS process,
       (ARRAY['PASS', 'FAIL', 'SKIP', 'NOT RUN'])[a.status + 1] AS status, coalesce(a.message, '') AS message,
       a.start_time, a.elapsed_time
FROM attempt a
JOIN process p ON p.run_id = a.run_id AND p.no = a.process_no
JOIN result r ON r.run_id = a.run_id AND r.process_no = a.process_no AND r.id = a.id
WHERE a.run_id = %(run_id)s AND NOT p.superseded AND (%(process)s::text IS NULL OR p.name = %(process)s)
  AND (%(test)s::text IS NULL OR a.id = %(test)s) AND (a.process_no, r.seq, a.no) > (%(process_no)s, %(seq)s, %(no)s)
ORDER BY a.process_no, r.seq, a.no
LIMIT %(limit)s

-- name: labels
-- Labels of the latest runs, by name, each with the latest of its values as people count.
SELECT name, array_agg(value ORDER BY place DESC) AS values
FROM (
    SELECT name, value, place, row_number() OVER (PARTITION BY name ORDER BY place DESC) AS no
    FROM (SELECT DISTINCT name, value, place FROM configuration_label WHERE configuration_id IN (
              SELECT configuration_id FROM (
                  SELECT configuration_id FROM run ORDER BY sorted_at DESC, id DESC LIMIT 10000) latest)) known
) numbered
WHERE no <= %(values)s
GROUP BY name ORDER BY name LIMIT 1000

-- name: setups
-- livewall-probe is live.PROBE_SETUP: its row stays, because the recorder refers to it, and nobody wants to see it.
SELECT setup.name, setup.first_seen, last.key AS last_run, last.state, last.status, last.last_news_at
FROM setup
JOIN LATERAL (
    SELECT * FROM run WHERE run.setup_id = setup.id ORDER BY sorted_at DESC, id DESC LIMIT 1
) last ON true
WHERE setup.name <> 'livewall-probe'
ORDER BY setup.name

-- name: durations_on_setup
SELECT t.longname, max(d.elapsed_time)::float8 AS elapsed_time
FROM test t
LEFT JOIN test_identity i ON i.test_id = t.id
LEFT JOIN test_identity m ON m.identity_id = i.identity_id
JOIN test_duration d ON d.test_id = coalesce(m.test_id, t.id)
WHERE t.digest = ANY (%s::bytea[]) AND d.setup_id = (SELECT id FROM setup WHERE name = %s)
GROUP BY t.longname

-- name: durations_anywhere
SELECT t.longname, avg(d.elapsed_time)::float8 AS elapsed_time
FROM test t
LEFT JOIN test_identity i ON i.test_id = t.id
LEFT JOIN test_identity m ON m.identity_id = i.identity_id
JOIN test_duration d ON d.test_id = coalesce(m.test_id, t.id)
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
       run.total, run.passed, run.failed, run.skipped, run.expected_failures,
       EXISTS (SELECT FROM artifact WHERE artifact.run_id = run.id AND artifact.name = 'log.html') AS has_log
FROM run
JOIN setup ON setup.id = run.setup_id
WHERE left(run.build_url, 500) = ANY (%(beginnings)s) AND run.build_url = ANY (%(urls)s) AND run.build_url <> ''
ORDER BY run.sorted_at, run.id

-- name: failures_of_runs
-- since: the first failure after the test last passed on the run's setup, up to this run, under any of its names (one). A
-- skip or a run without the test neither begins nor ends a streak. It goes back no further than the setup's 1,000 runs before
-- (edge).
SELECT run.id AS run_id, f.id, f.process, f.longname, f.message, since.run AS since
FROM run
CROSS JOIN LATERAL (
    SELECT r.id, r.test_id, r.process_no, r.seq, p.name AS process, t.longname,
           left(coalesce(r.message, ''), 300) AS message
    FROM result r
    JOIN process p ON p.run_id = r.run_id AND p.no = r.process_no
    JOIN test t ON t.id = r.test_id
    WHERE r.run_id = run.id AND (r.status = 1 OR r.expected IS NOT NULL) AND NOT p.superseded
      AND result_counts_as(r.status, r.actual, r.expected) = 1
    ORDER BY r.process_no, r.seq LIMIT 5
) f
CROSS JOIN LATERAL (
    SELECT f.test_id || ARRAY(
        SELECT m.test_id FROM test_identity i JOIN test_identity m ON m.identity_id = i.identity_id
        WHERE i.test_id = f.test_id AND m.test_id <> f.test_id) AS tests
) one
LEFT JOIN LATERAL (
    SELECT before.sorted_at, before.id
    FROM (SELECT b.sorted_at, b.id FROM run b
          WHERE b.setup_id = run.setup_id AND (b.sorted_at, b.id) < (run.sorted_at, run.id)
          ORDER BY b.sorted_at DESC, b.id DESC LIMIT 1000) before
    JOIN result r ON r.run_id = before.id AND r.test_id = ANY (one.tests)
        AND result_counts_as(r.status, r.actual, r.expected) IN (0, 4)
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
    JOIN result r ON r.run_id = a.id AND r.test_id = ANY (one.tests)
        AND result_counts_as(r.status, r.actual, r.expected) = 1
    WHERE a.setup_id = run.setup_id AND (a.sorted_at, a.id) <= (run.sorted_at, run.id)
      AND (a.sorted_at, a.id) > (coalesce(passed.sorted_at, edge.sorted_at, '-infinity'), coalesce(passed.id, edge.id, 0))
      AND NOT EXISTS (SELECT FROM process p WHERE p.run_id = r.run_id AND p.no = r.process_no AND p.superseded)
    ORDER BY a.sorted_at, a.id LIMIT 1
) since ON true
WHERE run.id = ANY (%s)
ORDER BY run.id, f.process_no, f.seq

-- name: run_tags
SELECT tag, sum(tests)::int AS total, coalesce(sum(tests) FILTER (WHERE counts_as = 0), 0)::int AS passed,
       coalesce(sum(tests) FILTER (WHERE counts_as = 1), 0)::int AS failed,
       coalesce(sum(tests) FILTER (WHERE counts_as = 2), 0)::int AS skipped,
       coalesce(sum(tests) FILTER (WHERE counts_as = 4), 0)::int AS expected_failures
FROM (
    SELECT r.tag_set_id, result_counts_as(r.status, r.actual, r.expected) AS counts_as, count(*) AS tests
    FROM result r JOIN process p ON p.run_id = r.run_id AND p.no = r.process_no
    WHERE r.run_id = %s AND NOT p.superseded
    GROUP BY 1, 2
) tally
JOIN tag_set g ON g.id = tally.tag_set_id
CROSS JOIN LATERAL jsonb_array_elements_text(g.tags) AS tag
GROUP BY tag ORDER BY lower(tag), tag
