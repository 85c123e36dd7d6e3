-- Files of any owner. A run's are read by the history's queries, too.

-- name: artifact
SELECT a.name, p.name AS process, a.content_type, a.size, a.sha256, a.stored_at, a.place
FROM artifact a LEFT JOIN process p ON p.run_id = a.run_id AND p.no = a.process_no
WHERE a.owner_kind = %(kind)s AND a.owner_id = %(id)s AND a.name = %(name)s

-- name: others_of_owner
SELECT count(*) AS count FROM artifact WHERE owner_kind = %(kind)s AND owner_id = %(id)s AND name <> %(name)s

-- name: put_artifact
-- A place that the row led to before becomes an unused one, by a trigger. One file is put at a time: ON CONFLICT waits for
-- others by one key, and a run's files have two.
INSERT INTO artifact (owner_kind, owner_id, run_id, name, process_no, content_type, size, sha256, place)
SELECT %(kind)s, %(id)s, %(run_id)s, %(name)s,
       (SELECT no FROM process WHERE run_id = %(run_id)s AND name = %(process)s),
       %(content_type)s, %(size)s, %(sha256)s, %(place)s
FROM pg_advisory_xact_lock(hashtextextended(concat_ws('/', 'artifact', %(kind)s::text, %(id)s::text, %(name)s::text), 0))
ON CONFLICT (owner_kind, owner_id, name) DO UPDATE SET
    process_no = excluded.process_no, content_type = excluded.content_type, size = excluded.size,
    sha256 = excluded.sha256, place = excluded.place, stored_at = now()

-- name: is_led_to
SELECT EXISTS (SELECT FROM artifact WHERE place = %s) AS is_led_to

-- name: unused_places
-- A former release has one place for each name, and may have filled it again.
SELECT id, place, EXISTS (SELECT FROM artifact WHERE artifact.place = u.place) AS is_led_to
FROM unused_place u WHERE place IS NOT NULL ORDER BY id LIMIT %s

-- name: clear_unused_place
UPDATE unused_place SET place = NULL WHERE id = %s AND place = %s

-- name: run_to_write
SELECT run.id, EXISTS (SELECT FROM process WHERE run_id = run.id AND name = %(process)s::text) AS has_process
FROM run WHERE run.key = %(key)s
