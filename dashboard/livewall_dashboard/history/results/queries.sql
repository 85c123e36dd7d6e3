-- Numbers of names, and partitions of the result tables.
-- Many rows come as one JSON document: psycopg makes arrays in Python, item by item, and JSON in C.

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

-- ---------------------------------------------------------------- partitions

-- name: partition_bounds
SELECT parent.relname, pg_get_expr(c.relpartbound, c.oid)
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class parent ON parent.oid = i.inhparent
WHERE i.inhparent = ANY (%s::regclass[])

-- name: results_per_run
SELECT coalesce(avg(passed + failed + skipped + expected_failures), 0)::float8
FROM (SELECT passed, failed, skipped, expected_failures FROM run WHERE id < %s ORDER BY id DESC LIMIT 1000) latest
