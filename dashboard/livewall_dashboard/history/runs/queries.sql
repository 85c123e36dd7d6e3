-- The list of runs, and one test over runs.

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

-- name: tests_of_longname
-- With those that are one test with them.
SELECT id FROM test WHERE digest = ANY (%(digests)s::bytea[])
UNION
SELECT m.test_id FROM test t
JOIN test_identity i ON i.test_id = t.id
JOIN test_identity m ON m.identity_id = i.identity_id
WHERE t.digest = ANY (%(digests)s::bytea[])

-- name: newest_runs_of_test
-- From the index result_timeline alone, the runs with the highest numbers. The order wanted is that of when runs started,
-- which no index of results has; as it hardly differs from that of their numbers, these are looked at first. is_enough: no
-- other run of the test belongs among those found, as there are no others, or none of them began later.
WITH newest AS MATERIALIZED (
    SELECT DISTINCT r.run_id FROM unnest(%(tests)s::int[]) AS t (id)
    CROSS JOIN LATERAL (
        SELECT DISTINCT run_id FROM result WHERE test_id = t.id ORDER BY run_id DESC LIMIT %(newest)s) r
    ORDER BY r.run_id DESC LIMIT %(newest)s),
found AS MATERIALIZED (
    SELECT run.id, run.sorted_at, axis.place
    FROM newest
    CROSS JOIN LATERAL (SELECT * FROM run WHERE run.id = newest.run_id OFFSET 0) run
    {axis}
    WHERE axis.place IS NOT NULL AND {conditions}
    ORDER BY axis.place COLLATE "C" DESC, run.sorted_at DESC, run.id DESC
    LIMIT %(limit)s)
SELECT found.*, (SELECT count(*) FROM newest) < %(newest)s
    OR (%(by_start)s AND (SELECT count(*) FROM found) = %(limit)s AND NOT EXISTS (
        SELECT FROM run WHERE run.sorted_at >= (SELECT min(sorted_at) FROM found)
        AND run.id < (SELECT min(run_id) FROM newest))) AS is_enough
FROM found
ORDER BY place COLLATE "C" DESC, sorted_at DESC, id DESC

-- name: runs_of_test
SELECT run.id, run.sorted_at, axis.place
FROM (SELECT DISTINCT run_id FROM result WHERE test_id = ANY (%(tests)s)) ran
JOIN run ON run.id = ran.run_id
{axis}
WHERE axis.place IS NOT NULL AND {conditions}
ORDER BY axis.place COLLATE "C" DESC, run.sorted_at DESC, run.id DESC
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
-- In the order of the runs given. Rows are looked up one by one: Postgres takes longer to find the best way to join nine
-- tables than to read all of it, and goes through all processes there are rather than ask for those of a hundred runs.
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
CROSS JOIN LATERAL (SELECT * FROM result WHERE run_id = k.run_id AND test_id = ANY (%(tests)s) OFFSET 0) r
CROSS JOIN LATERAL (SELECT * FROM run WHERE id = k.run_id OFFSET 0) run
CROSS JOIN LATERAL (SELECT * FROM process WHERE run_id = k.run_id AND no = r.process_no OFFSET 0) p
LEFT JOIN commit ON commit.id = run.commit_id
WHERE NOT p.superseded
ORDER BY k.place, r.process_no DESC, r.seq DESC

-- name: history_of_setup
run.setup_id = (SELECT id FROM setup WHERE name = %(setup)s)

-- name: history_of_branch
run.branch = %(branch)s

-- name: runs_without_tags
-- Ended by a release before, of at most so many tests altogether.
SELECT id FROM (
    SELECT run.id, sum(run.total) OVER (ORDER BY run.id DESC) - run.total AS tests
    FROM run
    WHERE run.id < %(before)s AND run.state <> 'running' AND NOT EXISTS (SELECT FROM run_tags t WHERE t.run_id = run.id)
    ORDER BY run.id DESC LIMIT 500) few
WHERE tests < %(tests)s
ORDER BY id DESC
