-- Timelines: the latest runs of each setup.

-- name: candidates_of_test
-- The newest by number, from the index result_timeline alone.
SELECT DISTINCT newest.run_id AS id
FROM unnest(%(tests)s::int[]) AS test (id)
CROSS JOIN LATERAL (SELECT run_id FROM result WHERE test_id = test.id ORDER BY run_id DESC LIMIT %(most)s) newest

-- name: candidates_of_all
SELECT run.id FROM run WHERE {conditions} ORDER BY run.sorted_at DESC, run.id DESC LIMIT %(most)s

-- name: latest_of_each_setup
-- found: how many there are of the setup, drawn or not. livewall-probe is live.PROBE_SETUP, which nobody wants to see.
SELECT numbered.id, numbered.setup_id, numbered.found
FROM (
    SELECT run.id, run.setup_id, run.sorted_at,
           row_number() OVER (PARTITION BY run.setup_id ORDER BY run.sorted_at DESC, run.id DESC) AS no,
           count(*) OVER (PARTITION BY run.setup_id) AS found
    FROM ({candidates}) candidate
    JOIN run ON run.id = candidate.id
    WHERE {conditions}) numbered
JOIN setup ON setup.id = numbered.setup_id AND setup.name <> 'livewall-probe'
WHERE numbered.no <= %(limit)s
ORDER BY numbered.sorted_at DESC, numbered.id DESC
LIMIT %(most)s

-- name: runs_of_timeline
-- In the order of the ids.
SELECT run.id, run.key, run.setup_id, run.configuration_id, run.branch, coalesce(run.suite, run.name) AS suite,
       run.started_at, run.state, run.status, run.total, run.passed, run.failed, run.skipped, run.expected_failures,
       run.missing, extract(epoch FROM run.ended_at - run.started_at)::float8 AS elapsed_time,
       commit.hash AS revision
FROM unnest(%(ids)s::int[]) WITH ORDINALITY AS k (id, place)
JOIN run ON run.id = k.id
LEFT JOIN commit ON commit.id = run.commit_id
ORDER BY k.place

-- name: results_of_timeline
-- first, last: of the ids, so that no older row of the test is fetched, nor a partition looked at.
SELECT r.run_id, r.id, p.name AS process, r.status, r.elapsed_time, coalesce(r.attempts, 1) AS attempts,
       result_counts_as(r.status, r.actual, r.expected) AS counts_as,
       r.attempts > 1 AND r.status = 0 AND EXISTS (
           SELECT FROM attempt a WHERE a.run_id = r.run_id AND a.process_no = r.process_no AND a.id = r.id
           AND a.status = 1) AS failed_before
FROM unnest(%(ids)s::int[]) WITH ORDINALITY AS k (id, place)
JOIN result r ON r.run_id = k.id AND r.test_id = ANY (%(tests)s) AND r.run_id BETWEEN %(first)s AND %(last)s
JOIN process p ON p.run_id = r.run_id AND p.no = r.process_no
WHERE NOT p.superseded
ORDER BY k.place, r.process_no, r.seq

-- name: setup_names
SELECT id, name FROM setup WHERE id = ANY (%s)

-- name: configurations
SELECT id, labels FROM configuration WHERE id = ANY (%s)

-- name: values_in_order
-- Of each label of these configurations, as people count.
SELECT name, array_agg(value ORDER BY place, value) AS values
FROM (SELECT DISTINCT name, value, place FROM configuration_label WHERE configuration_id = ANY (%s)) known
GROUP BY name ORDER BY name

-- name: failures_of_timeline
SELECT run.key AS run, p.name AS process, r.id, setup.name AS setup, run.started_at, coalesce(r.message, '') AS message
FROM (SELECT DISTINCT newest.run_id AS id
      FROM unnest(%(tests)s::int[]) AS test (id)
      CROSS JOIN LATERAL (
          SELECT run_id FROM result WHERE test_id = test.id AND (status = 1 OR expected IS NOT NULL)
          ORDER BY run_id DESC LIMIT %(most)s) newest) ran
JOIN run ON run.id = ran.id
JOIN setup ON setup.id = run.setup_id
JOIN result r ON r.run_id = run.id AND r.test_id = ANY (%(tests)s)
JOIN process p ON p.run_id = r.run_id AND p.no = r.process_no
WHERE NOT p.superseded AND result_counts_as(r.status, r.actual, r.expected) = 1 AND {conditions}
ORDER BY run.sorted_at DESC, run.id DESC, r.process_no DESC, r.seq DESC
LIMIT %(most)s

-- name: tests_of_runs
SELECT id, longname, name FROM test
WHERE id IN (SELECT test_id FROM result WHERE run_id = ANY (%(runs)s::int[]) GROUP BY test_id)

-- name: tests_in_folder
-- By the index test_by_longname: behind the folder's name comes a dot or a slash, of which "0" is the next character.
SELECT id, longname, name FROM test
WHERE left(longname, 300) COLLATE "C" >= left(%(folder)s || '.', 300) AND left(longname, 300) COLLATE "C" <= left(%(folder)s || '0', 300)
  AND (starts_with(longname, %(folder)s || '.') OR starts_with(longname, %(folder)s || '/'))

-- name: parts_in_runs
-- Results of tests put together by the part that each is in, in the order of the runs.
SELECT told.*
FROM unnest(%(runs)s::int[]) WITH ORDINALITY AS k (run_id, place)
JOIN (
    SELECT r.run_id, f.part, count(*)::int AS total,
           (count(*) FILTER (WHERE counts_as = 0))::int AS passed, (count(*) FILTER (WHERE counts_as = 1))::int AS failed,
           (count(*) FILTER (WHERE counts_as = 3))::int AS not_run, (count(*) FILTER (WHERE counts_as = 4))::int AS expected,
           count(*) FILTER (WHERE r.attempts > 1 AND r.status = 0 AND EXISTS (
               SELECT FROM attempt a WHERE a.run_id = r.run_id AND a.process_no = r.process_no AND a.id = r.id
               AND a.status = 1)) > 0 AS is_retried, sum(r.elapsed_time) AS elapsed_time
    FROM result r
    JOIN unnest(%(tests)s::int[], %(parts)s::int[]) AS f (test_id, part) ON f.test_id = r.test_id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN r.expected IS NULL THEN r.status ELSE result_counts_as(r.status, r.actual, r.expected) END AS counts_as) c
    WHERE r.run_id = ANY (%(runs)s::int[])
      AND NOT EXISTS (SELECT FROM process p WHERE p.run_id = r.run_id AND p.no = r.process_no AND p.superseded)
    GROUP BY r.run_id, f.part) told ON told.run_id = k.run_id
ORDER BY k.place, told.part
