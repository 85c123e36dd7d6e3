-- Tests by runs, a letter a cell.

-- name: run_numbers
SELECT id, key FROM run WHERE key = ANY (%s)

-- name: tests_by_runs
-- A row for each test of these runs. cells: a character for each result, 1024 + 8 x place of the run + what it counts as, so
-- that 500,000 results are one pass without a sort. What passed at a later try counts as 5. Names of one test are brought
-- together when there are few rows left.
WITH found AS MATERIALIZED (
    SELECT r.test_id, string_agg(chr((1024 + 8 * c.place + counts_as)::int), '') AS cells, count(*) AS results,
           count(*) FILTER (WHERE counts_as = 1) AS failed, count(*) FILTER (WHERE counts_as IN (0, 5)) AS passed,
           sum(r.elapsed_time) AS seconds
    FROM unnest(%(runs)s::int[]) WITH ORDINALITY AS c (run_id, place)
    JOIN result r ON r.run_id = c.run_id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN r.expected IS NOT NULL THEN result_counts_as(r.status, r.actual, r.expected)
                    WHEN r.status = 0 AND r.attempts > 1 THEN 5 ELSE r.status END AS counts_as) told
    WHERE r.run_id = ANY (%(runs)s::int[])
      AND NOT EXISTS (SELECT FROM process p WHERE p.run_id = r.run_id AND p.no = r.process_no AND p.superseded)
    GROUP BY r.test_id)
SELECT max(found.test_id) AS test_id, array_agg(found.test_id) AS tests, string_agg(cells, '') AS cells,
       sum(failed)::int AS failed, sum(passed)::int AS passed, sum(seconds) / sum(results) AS seconds
FROM found LEFT JOIN test_identity i ON i.test_id = found.test_id
GROUP BY coalesce(i.identity_id, found.test_id)

-- name: folders_by_runs
-- folders: the number of the folder of each test; place counts from 1, as in tests_by_runs.
SELECT f.folder, c.place::int, count(*)::int AS total,
       (count(*) FILTER (WHERE result_counts_as(r.status, r.actual, r.expected) = 1))::int AS failed,
       (count(*) FILTER (WHERE result_counts_as(r.status, r.actual, r.expected) = 0))::int AS passed,
       sum(r.elapsed_time) AS seconds
FROM unnest(%(runs)s::int[]) WITH ORDINALITY AS c (run_id, place)
JOIN result r ON r.run_id = c.run_id
JOIN unnest(%(tests)s::int[], %(folders)s::int[]) AS f (test_id, folder) ON f.test_id = r.test_id
WHERE r.run_id = ANY (%(runs)s::int[])
  AND NOT EXISTS (SELECT FROM process p WHERE p.run_id = r.run_id AND p.no = r.process_no AND p.superseded)
GROUP BY f.folder, c.place

-- name: names_of_tests
SELECT id, longname, name FROM test WHERE id = ANY (%(tests)s)

-- name: names_that_match
-- By Postgres's own regular expressions, whatever the case.
SELECT id, longname, name FROM test WHERE id = ANY (%(tests)s) AND longname ~* %(pattern)s

-- name: suites_of_runs
SELECT DISTINCT s.longname FROM suite_result r JOIN suite s ON s.id = r.suite_id WHERE r.run_id = ANY (%(runs)s)

-- name: latest_suite
-- What the newest run is a run of that somebody would look at.
SELECT coalesce(run.suite, run.name) AS suite FROM run JOIN setup ON setup.id = run.setup_id
WHERE setup.name <> 'livewall-probe' AND coalesce(run.suite, run.name) <> ''
ORDER BY run.sorted_at DESC, run.id DESC LIMIT 1

-- name: runs_of_setups
-- Of each setup its latest runs of the suite, those of the setup with the latest run first.
SELECT setup.name AS setup, latest.ids
FROM setup
CROSS JOIN LATERAL (
    SELECT array_agg(id ORDER BY sorted_at, id) AS ids, max(sorted_at) AS last FROM (
        SELECT run.id, run.sorted_at FROM run
        WHERE run.setup_id = setup.id AND (%(suite)s::text IS NULL OR coalesce(run.suite, run.name) = %(suite)s)
          AND (%(branch)s::text IS NULL OR run.branch = %(branch)s)
        ORDER BY run.sorted_at DESC, run.id DESC LIMIT %(runs)s) newest
) latest
WHERE latest.ids IS NOT NULL AND setup.name <> 'livewall-probe'
  AND (%(setups)s::text[] IS NULL OR setup.name = ANY (%(setups)s))
ORDER BY latest.last DESC, setup.name
LIMIT 500
