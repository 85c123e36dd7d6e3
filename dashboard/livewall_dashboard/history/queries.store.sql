-- What is read of the history, and setups that are forgotten.

-- name: run_id
SELECT id FROM run WHERE key = %s

-- name: runs
SELECT run.id AS run_id, run.key, run.name, coalesce(run.suite, run.name) AS suite, run.state, run.status, run.verification, run.branch, run.total, run.passed,
       run.failed, run.skipped, run.expected_failures, run.warnings, run.errors, run.lost, run.missing, run.missing_failures, run.started_at,
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

-- name: run_ids
SELECT run.id, run.sorted_at FROM run WHERE {conditions}
ORDER BY run.sorted_at DESC, run.id DESC
LIMIT %(limit)s

-- name: runs_of_key
run.key = %(key)s

-- name: runs_of_ids
run.id = ANY (%(ids)s)

-- name: runs_of_setup
run.setup_id = (SELECT id FROM setup WHERE name = %(setup)s)

-- name: runs_of_status
run.status = %(status)s

-- name: runs_of_state
run.state = %(state)s

-- name: runs_of_branch
left(run.branch, 200) = left(%(branch)s, 200) AND run.branch = %(branch)s

-- name: runs_of_suite
-- As the index run_by_suite has it.
left(coalesce(run.suite, run.name), 200) = left(%(suite)s, 200) AND coalesce(run.suite, run.name) = %(suite)s

-- name: runs_of_commit
-- As the node wrote it, or as the repository has it.
run.id IN (
    SELECT r.id FROM commit n JOIN run r ON r.commit_id = n.id WHERE n.hash LIKE %(commit)s
    UNION
    SELECT r.run_id FROM repository_commit c JOIN run_commit r ON r.commit_id = c.id
    WHERE c.hash >= %(hash)s AND c.hash < %(hash)s || 'g')

-- name: runs_of_label
-- As an index has them: one expression, so that Postgres knows how many there are.
run.configuration_id IN (
    SELECT configuration_id FROM configuration_label WHERE left(name || '=' || value, 400) = left({label}, 400))

-- name: runs_of_label_name
-- With any value.
run.configuration_id IN (SELECT configuration_id FROM configuration_label WHERE left(name, 200) = left({label}, 200))

-- name: runs_of_tag
EXISTS (SELECT FROM run_tags t WHERE t.run_id = run.id AND t.tags @> ARRAY[%(tag)s])

-- name: runs_of_since
run.sorted_at >= %(since)s

-- name: runs_of_until
run.sorted_at < %(until)s

-- name: runs_of_q
-- What is stored once for many runs is searched once; of the run itself three short columns, which is what takes time.
(run.setup_id IN (SELECT id FROM setup WHERE position(%(q)s IN lower(name)) > 0)
 OR run.commit_id IN (SELECT id FROM commit WHERE starts_with(lower(hash), %(q)s))
 OR run.configuration_id IN (SELECT configuration_id FROM configuration_label WHERE position(%(q)s IN lower(value)) > 0)
 OR run.id IN (SELECT l.run_id FROM repository_commit c JOIN run_commit l ON l.commit_id = c.id
               WHERE position(%(q)s IN lower(c.message)) > 0)
 OR position(%(q)s IN lower(concat_ws(chr(31), run.name, run.suite, run.branch))) > 0 OR run.key = %(q)s)

-- name: runs_before
(run.sorted_at, run.id) < (%(sorted_at)s, %(id)s)

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

-- name: tests_of_suite
starts_with(r.id, %(suite)s || '-')

-- name: tests_of_process
p.name = %(process)s

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

-- name: tests_of_longname
-- With those that are one test with them.
SELECT id FROM test WHERE digest = ANY (%(digests)s::bytea[])
UNION
SELECT m.test_id FROM test t
JOIN test_identity i ON i.test_id = t.id
JOIN test_identity m ON m.identity_id = i.identity_id
WHERE t.digest = ANY (%(digests)s::bytea[])

-- name: runs_of_test
-- From the index result_timeline alone: the order is that of when runs started, which no index of results has. As it hardly
-- differs from that of their numbers, the test's 500 newest by number are looked at first: that is enough where these are
-- all, or where by_start is the order and no run before them began later than the last one found.
WITH newest AS MATERIALIZED (
    SELECT r.run_id FROM unnest(%(tests)s::int[]) AS t (id)
    CROSS JOIN LATERAL (SELECT run_id FROM result WHERE test_id = t.id ORDER BY run_id DESC LIMIT 500) r
    ORDER BY r.run_id DESC LIMIT 500),
found AS MATERIALIZED (
    SELECT run.id, run.sorted_at, axis.place
    FROM (SELECT DISTINCT run_id FROM newest) ran
    CROSS JOIN LATERAL (SELECT * FROM run WHERE run.id = ran.run_id OFFSET 0) run
    {axis}
    WHERE axis.place IS NOT NULL AND {conditions}
    ORDER BY axis.place COLLATE "C" DESC, run.sorted_at DESC, run.id DESC
    LIMIT %(limit)s),
enough AS MATERIALIZED (
    SELECT (SELECT count(*) FROM newest) < 500 OR (%(by_start)s AND (SELECT count(*) FROM found) = %(limit)s AND NOT EXISTS (
        SELECT FROM run WHERE run.sorted_at >= (SELECT min(sorted_at) FROM found)
        AND run.id < (SELECT min(run_id) FROM newest))) AS is_it)
SELECT * FROM (
    SELECT * FROM found WHERE (SELECT is_it FROM enough)
    UNION ALL
    SELECT run.id, run.sorted_at, axis.place
    FROM (SELECT DISTINCT run_id FROM result WHERE test_id = ANY (%(tests)s) AND NOT (SELECT is_it FROM enough)) ran
    JOIN run ON run.id = ran.run_id
    {axis}
    WHERE axis.place IS NOT NULL AND {conditions}) either
ORDER BY place COLLATE "C" DESC, sorted_at DESC, id DESC
LIMIT %(limit)s

-- name: axis_of_start
CROSS JOIN (SELECT '' AS place) axis

-- name: axis_of_commit
CROSS JOIN LATERAL (
    SELECT lpad(c.uuid::text, 19, '0') || lpad(c.id::text, 10, '0') AS place
    FROM run_commit rc JOIN repository_commit c ON c.id = rc.commit_id
    WHERE rc.run_id = run.id AND (%(repository)s::text IS NULL
        OR rc.repository_id = (SELECT id FROM repository WHERE name = %(repository)s))
    ORDER BY rc.repository_id LIMIT 1) axis

-- name: axis_of_label
JOIN configuration_label axis ON axis.configuration_id = run.configuration_id AND axis.name = %(label)s

-- name: history_after
(axis.place COLLATE "C", run.sorted_at, run.id) < (%(place)s, %(sorted_at)s, %(id)s)

-- name: setups_of_test
SELECT run.setup_id, setup.name AS setup, max(run.sorted_at) AS last, count(*)::int AS total,
       (count(*) FILTER (WHERE r.counts_as = 0))::int AS passed, (count(*) FILTER (WHERE r.counts_as = 1))::int AS failed,
       (count(*) FILTER (WHERE r.counts_as = 2))::int AS skipped,
       (count(*) FILTER (WHERE r.counts_as = 4))::int AS expected_failures
FROM (SELECT *, result_counts_as(status, actual, expected) AS counts_as FROM result) r
JOIN run ON run.id = r.run_id
JOIN setup ON setup.id = run.setup_id
WHERE r.test_id = ANY (%(tests)s) AND {conditions}
  AND NOT EXISTS (SELECT FROM process p WHERE p.run_id = r.run_id AND p.no = r.process_no AND p.superseded)
GROUP BY run.setup_id, setup.name
ORDER BY last DESC, run.setup_id DESC

-- name: latest_runs_of_test
SELECT id
FROM (
    SELECT run.id, run.sorted_at, row_number() OVER (PARTITION BY run.setup_id ORDER BY run.sorted_at DESC, run.id DESC) AS no
    FROM (SELECT DISTINCT run_id FROM result WHERE test_id = ANY (%(tests)s)) ran
    JOIN run ON run.id = ran.run_id
    WHERE run.setup_id = ANY (%(setups)s) AND {conditions}) numbered
WHERE no <= %(latest)s
ORDER BY sorted_at DESC, id DESC

-- name: test_in_runs
-- In the order of the runs given. The rows of names are looked up one by one: Postgres takes longer to find the best way to
-- join nine tables than to read all of it.
SELECT run.key AS run, r.id, (SELECT longname FROM test WHERE test.id = r.test_id) AS longname,
       p.name AS process, (SELECT name FROM setup WHERE setup.id = run.setup_id) AS setup, run.branch,
       commit.hash AS commit, commit.repository,
       (SELECT labels FROM configuration WHERE configuration.id = run.configuration_id) AS labels,
       run.state, run.started_at, run.info->'build' AS build,
       (ARRAY['PASS', 'FAIL', 'SKIP', 'NOT RUN'])[r.status + 1] AS status, coalesce(r.message, '') AS message,
       r.start_time, r.elapsed_time, r.actual, r.expected, coalesce(r.attempts, 1) AS attempts,
       CASE WHEN r.attempts > 1 THEN (
           SELECT count(*) FROM attempt a WHERE a.run_id = r.run_id AND a.process_no = r.process_no
           AND a.id = r.id AND a.status = 1) ELSE 0 END AS failed_attempts,
       result_counts_as(r.status, r.actual, r.expected) AS counts_as
FROM unnest(%(runs)s::int[]) WITH ORDINALITY AS k (run_id, place)
JOIN result r ON r.run_id = k.run_id AND r.test_id = ANY (%(tests)s)
JOIN run ON run.id = r.run_id
JOIN process p ON p.run_id = r.run_id AND p.no = r.process_no
LEFT JOIN commit ON commit.id = run.commit_id
WHERE NOT p.superseded
ORDER BY k.place, r.process_no DESC, r.seq DESC

-- name: history_of_setup
run.setup_id = (SELECT id FROM setup WHERE name = %(setup)s)

-- name: history_of_branch
run.branch = %(branch)s

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
    WHERE r.run_id = run.id AND (r.status = 1 OR r.expected IS NOT NULL) AND NOT p.superseded
      AND result_counts_as(r.status, r.actual, r.expected) = 1
    ORDER BY r.process_no, r.seq LIMIT 5
) f
LEFT JOIN LATERAL (
    SELECT before.sorted_at, before.id
    FROM (SELECT b.sorted_at, b.id FROM run b
          WHERE b.setup_id = run.setup_id AND (b.sorted_at, b.id) < (run.sorted_at, run.id)
          ORDER BY b.sorted_at DESC, b.id DESC LIMIT 1000) before
    JOIN result r ON r.run_id = before.id AND r.test_id = f.test_id
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
    JOIN result r ON r.run_id = a.id AND r.test_id = f.test_id
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
