-- Texts in names and in messages of failures.

-- name: search_names
-- Tests whose longname has all the words, those that came last first. Names are stored before results and stay when these go:
-- those alone count that have one.
SELECT found.longname, found.name
FROM (
    SELECT id, longname, name FROM test
    WHERE NOT EXISTS (SELECT FROM unnest(%(words)s::text[]) AS word WHERE position(lower(word) IN lower(longname)) = 0)
    ORDER BY id DESC) found
CROSS JOIN LATERAL (SELECT FROM result r WHERE r.test_id = found.id ORDER BY r.run_id DESC LIMIT 1) stored
ORDER BY found.id DESC LIMIT %(limit)s

-- name: search_messages
-- What comes after a place in the order of the list, up to another one. By the index result_failed, which no result that passed is in; so results that
-- come in pay for no index of texts.
SELECT run.id AS run_no, found.process_no, found.seq, run.key AS run, run.started_at, setup.name AS setup, found.id,
       p.name AS process, t.longname, t.name, result_counts_as(found.status, found.actual, found.expected) AS counts_as,
       found.status, found.actual, found.expected, found.elapsed_time, found.message
FROM (
    SELECT r.* FROM result r CROSS JOIN LATERAL (SELECT lower(r.message) AS text) folded
    WHERE r.status = 1 AND r.run_id BETWEEN %(last_run_no)s AND %(run_no)s AND r.message IS NOT NULL
      AND (r.run_id, -r.process_no, -r.seq) < (%(run_no)s, %(process_no)s, %(seq)s)
      AND (r.run_id, -r.process_no, -r.seq) >= (%(last_run_no)s, %(last_process_no)s, %(last_seq)s)
      AND NOT EXISTS (SELECT FROM unnest(%(words)s::text[]) AS word WHERE position(lower(word) IN folded.text) = 0)
      AND NOT EXISTS (SELECT FROM process p WHERE p.run_id = r.run_id AND p.no = r.process_no AND p.superseded)
    ORDER BY r.run_id DESC, r.process_no, r.seq LIMIT %(limit)s) found
JOIN run ON run.id = found.run_id
JOIN setup ON setup.id = run.setup_id
JOIN process p ON p.run_id = found.run_id AND p.no = found.process_no
JOIN test t ON t.id = found.test_id
ORDER BY found.run_id DESC, found.process_no, found.seq

-- name: place_in_run
-- Of so many failures of a run, after a place in it, the last one; none where there are fewer.
SELECT -process_no AS process_no, -seq AS seq FROM result
WHERE status = 1 AND run_id = %(run_no)s AND (-process_no, -seq) < (%(process_no)s, %(seq)s)
ORDER BY result.process_no, result.seq OFFSET %(width)s - 1 LIMIT 1

-- name: newest_run_no
SELECT coalesce(max(id), 0) AS id FROM run

-- name: start_of_run_no
-- When the runs began that have been looked through, down to this number.
SELECT min(started_at) AS started_at FROM (SELECT started_at FROM run WHERE id >= %(low)s ORDER BY id LIMIT 1) first
