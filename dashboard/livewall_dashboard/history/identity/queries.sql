-- Which tests have one history: suites of one file, and what was renamed.

-- name: lock_identities
SELECT pg_advisory_xact_lock(%s)

-- ---------------------------------------------------------------- suites of one file

-- name: suites_of_run
SELECT s.process_no, s.id, s.suite_id, suite.name, s.source, coalesce(p.info ->> 'root', '') AS root,
       coalesce(p.info ->> 'origin', '') AS origin,
       coalesce(nullif(p.info ->> 'host', ''), 'the setup ' || setup.name) AS node
FROM suite_result s
JOIN suite ON suite.id = s.suite_id
JOIN process p ON p.run_id = s.run_id AND p.no = s.process_no
JOIN run ON run.id = s.run_id
JOIN setup ON setup.id = run.setup_id
WHERE s.run_id = %s AND NOT p.superseded

-- name: add_sightings
-- Those that are new. A file of no repository on ever new machines (containers) proves nothing more: there are so many
-- and no more.
INSERT INTO suite_sighting (suite_id, link, names, path, node, address, place)
SELECT n.suite_id, n.link, ARRAY(SELECT jsonb_array_elements_text(n.names)), n.path, n.node, n.address, n.place
FROM json_to_recordset(%(sightings)s) AS n (
    suite_id int, link bytea, names jsonb, path text, node text, address text, place text)
WHERE NOT EXISTS (SELECT FROM suite_sighting s WHERE s.suite_id = n.suite_id AND s.link = n.link)
  AND (n.place <> '' OR %(most)s > (
      SELECT count(*) FROM suite_sighting s WHERE s.suite_id = n.suite_id AND s.path = n.path AND s.place = ''))
ON CONFLICT DO NOTHING
RETURNING suite_id

-- name: sightings_of_suites
SELECT suite_id, names, path, node, address, place FROM suite_sighting WHERE suite_id = ANY (%s)

-- name: suites_linked_with
-- By what they have in common now, and those they were joined with before.
SELECT other.suite_id FROM suite_sighting s JOIN suite_sighting other ON other.link = s.link
WHERE s.suite_id = ANY (%(suites)s) AND s.path <> ''
UNION
SELECT other.suite_id FROM joined_suite j JOIN joined_suite other ON other.group_id = j.group_id
WHERE j.suite_id = ANY (%(suites)s)

-- name: suites_apart
SELECT suite_id, other_id FROM suite_apart WHERE suite_id = ANY (%(suites)s) AND other_id = ANY (%(suites)s)

-- name: part_suites
INSERT INTO suite_apart (suite_id, other_id, run)
SELECT least(a, b), greatest(a, b), run FROM unnest(%s::int[], %s::int[], %s::text[]) AS n (a, b, run)
ON CONFLICT (suite_id, other_id) DO NOTHING

-- name: groups_of_suites
SELECT suite_id, group_id FROM joined_suite WHERE suite_id = ANY (%s) AND group_id IS NOT NULL

-- name: join_suites
INSERT INTO joined_suite AS j (suite_id, group_id, file)
SELECT * FROM unnest(%s::int[], %s::int[], %s::text[])
ON CONFLICT (suite_id) DO UPDATE SET group_id = excluded.group_id, file = excluded.file,
    since = CASE WHEN j.group_id IS NULL THEN now() ELSE j.since END

-- name: release_suites
UPDATE joined_suite SET group_id = NULL WHERE suite_id = ANY (%s) AND group_id IS NOT NULL

-- name: suites_joined_with
SELECT s.longname AS suite, s.id AS suite_id, m.longname AS other, m.id AS other_id, k.file,
       greatest(j.since, k.since) AS since
FROM suite s
JOIN joined_suite j ON j.suite_id = s.id
JOIN joined_suite k ON k.group_id = j.group_id AND k.suite_id <> j.suite_id
JOIN suite m ON m.id = k.suite_id
WHERE s.digest = ANY (%s::bytea[])

-- name: joined_suites
-- All of them, by file.
SELECT j.group_id, s.longname, j.file, j.since FROM joined_suite j JOIN suite s ON s.id = j.suite_id
WHERE j.group_id IS NOT NULL
ORDER BY j.file, j.group_id, length(s.longname), s.longname

-- name: longnames_of_suites
SELECT longname FROM suite WHERE id = ANY (%s)

-- ---------------------------------------------------------------- tests

-- name: tests_below
-- By the index test_by_longname.
SELECT id, longname, name FROM test
WHERE left(longname, 300) COLLATE "C" >= left(%(beginning)s, 300)
  AND left(longname, 300) COLLATE "C" < left(%(beginning)s, 300) || U&'\+10FFFF'
  AND starts_with(longname, %(beginning)s)

-- name: tests_by_digest
SELECT id, longname, name FROM test WHERE digest = ANY (%s::bytea[])

-- name: tests_of_identities_of
SELECT t.id, t.longname, t.name
FROM test_identity i JOIN test_identity m ON m.identity_id = i.identity_id JOIN test t ON t.id = m.test_id
WHERE i.test_id = ANY (%s)

-- name: new_tests_of_run
-- Those whose identity nobody worked out. is_joined: their suite is one of several.
SELECT DISTINCT t.longname, t.name,
       EXISTS (SELECT FROM joined_suite j WHERE j.suite_id = s.suite_id AND j.group_id IS NOT NULL) AS is_joined
FROM result r
JOIN test t ON t.id = r.test_id
LEFT JOIN suite_result s ON s.run_id = r.run_id AND s.process_no = r.process_no
    AND s.id = regexp_replace(r.id, '-[^-]*$', '')
WHERE r.run_id = %s AND NOT EXISTS (SELECT FROM test_identity i WHERE i.test_id = r.test_id)

-- name: identify_tests
INSERT INTO test_identity AS i (test_id, identity_id) SELECT * FROM unnest(%s::int[], %s::int[])
ON CONFLICT (test_id) DO UPDATE SET identity_id = excluded.identity_id
    WHERE i.identity_id <> excluded.identity_id
RETURNING identity_id

-- name: met_in_runs
-- Tests of one identity that ran in one run all the same; from the index result_timeline, but for those few.
WITH met AS (
    SELECT i.identity_id, r.run_id
    FROM test_identity i JOIN result r ON r.test_id = i.test_id
    WHERE i.identity_id = ANY (%s) GROUP BY 1, 2 HAVING count(DISTINCT r.test_id) > 1)
SELECT run.key AS run, array_agg(DISTINCT r.test_id) AS tests
FROM met
JOIN run ON run.id = met.run_id
JOIN test_identity i ON i.identity_id = met.identity_id
JOIN result r ON r.run_id = met.run_id AND r.test_id = i.test_id
JOIN process p ON p.run_id = r.run_id AND p.no = r.process_no
WHERE NOT p.superseded
GROUP BY met.identity_id, run.id, run.key HAVING count(DISTINCT r.test_id) > 1
ORDER BY run.id

-- name: met_in_run
SELECT run.key AS run, array_agg(DISTINCT r.test_id) AS tests
FROM result r
JOIN run ON run.id = r.run_id
JOIN test_identity i ON i.test_id = r.test_id
JOIN process p ON p.run_id = r.run_id AND p.no = r.process_no
WHERE r.run_id = %s AND NOT p.superseded
GROUP BY i.identity_id, run.key HAVING count(DISTINCT r.test_id) > 1

-- name: tests_by_number
SELECT id, longname, name FROM test WHERE id = ANY (%s)

-- ---------------------------------------------------------------- renamings

-- name: latest_longnames
-- Of suites, and of tests, to find a name that is nearly the one that was meant.
(SELECT longname FROM suite ORDER BY id DESC LIMIT 2000) UNION (SELECT longname FROM test ORDER BY id DESC LIMIT 4000)

-- name: renamings
SELECT id, kind, old, new, separator, coalesce(old_name, '') AS old_name, coalesce(new_name, '') AS new_name, at,
       doubted_by
FROM renaming WHERE undone_at IS NULL ORDER BY id

-- name: add_renaming
INSERT INTO renaming (kind, old, new, separator, old_name, new_name) VALUES (%s, %s, %s, %s, %s, %s) RETURNING id

-- name: undo_renaming
UPDATE renaming SET undone_at = now() WHERE id = %s

-- name: doubt_renamings
UPDATE renaming SET doubted_by = %s WHERE id = ANY (%s) AND doubted_by IS NULL

-- ---------------------------------------------------------------- runs to look at

-- name: runs_to_look_at
SELECT r.id FROM run r
WHERE r.id > %(after)s AND r.state <> 'running' AND NOT EXISTS (SELECT FROM run_looked_at l WHERE l.run_id = r.id)
ORDER BY r.id LIMIT %(limit)s

-- name: still_running
SELECT key FROM run WHERE key = ANY (%s) AND state = 'running'

-- name: runs_to_look_at_again
-- They have ended again, or a file has completed them.
SELECT r.id FROM run r JOIN run_looked_at l ON l.run_id = r.id WHERE r.key = ANY (%s) AND r.state <> 'running'
UNION
SELECT r.id FROM run r JOIN run_looked_at l ON l.run_id = r.id
WHERE r.imported_at > now() - interval '1 hour' AND r.imported_at > l.at

-- name: all_looked_at_up_to
-- A run with a lower number may become visible later than one with a higher.
SELECT greatest(%(after)s, least(
    (SELECT min(r.id) - 1 FROM run r WHERE r.id > %(after)s
     AND NOT EXISTS (SELECT FROM run_looked_at l WHERE l.run_id = r.id)),
    (SELECT max(id) - 1000 FROM run))) AS id

-- name: looked_at
-- Unless it was removed meanwhile.
INSERT INTO run_looked_at (run_id) SELECT id FROM run WHERE id = %s FOR KEY SHARE
ON CONFLICT (run_id) DO UPDATE SET at = now()
