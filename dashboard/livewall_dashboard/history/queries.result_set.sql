-- Result sets that are handed over whole, and what a result has beside its row.

-- name: run_of_set
SELECT run.id, setup.name AS setup, ARRAY(SELECT name FROM process p WHERE p.run_id = run.id) AS processes
FROM run JOIN setup ON setup.id = run.setup_id WHERE run.key = %s

-- name: remove_results_of_run
DELETE FROM result WHERE run_id = %s

-- name: remove_suites_of_run
DELETE FROM suite_result WHERE run_id = %s

-- name: remove_attempts_of_run
DELETE FROM attempt WHERE run_id = %s

-- name: copy_results_of_set
COPY result (run_id, test_id, start_time, elapsed_time, tag_set_id, seq, lineno, process_no, status, id, message,
             source, expected, actual, attempts, extra) FROM STDIN

-- name: add_suites_of_set
INSERT INTO suite_result (run_id, process_no, id, suite_id, seq, source, doc, metadata, test_count, start_time,
                          status, message, elapsed_time)
SELECT %s, %s, n.* FROM json_to_recordset(%s) AS n (
    id text, suite_id int, seq int, source text, doc text, metadata jsonb, test_count int, start_time timestamptz,
    status text, message text, elapsed_time float8)

-- name: add_attempts
INSERT INTO attempt (run_id, process_no, id, no, status, start_time, elapsed_time, message)
SELECT %s, %s, n.* FROM json_to_recordset(%s) AS n (
    id text, no int2, status int2, start_time timestamptz, elapsed_time float8, message text)

-- name: keep_raw_upload
INSERT INTO raw_upload (run_id, packed) VALUES (%s, %s)
ON CONFLICT (run_id) DO UPDATE SET packed = excluded.packed

-- name: raw_uploads
SELECT run.key AS run, u.packed FROM raw_upload u JOIN run ON run.id = u.run_id WHERE run.key = ANY (%s)

-- ---------------------------------------------------------------- commits that are told with it

-- name: add_told_repositories
-- By its name a node's word for it is understood, too, as for those that are read from a clone.
WITH told AS (SELECT * FROM unnest(%s::text[], %s::text[]) AS t (name, address)),
made AS (
    INSERT INTO repository (name) SELECT name FROM told WHERE NOT EXISTS (SELECT FROM repository r WHERE r.name = told.name)
    ORDER BY name ON CONFLICT DO NOTHING RETURNING id, name)
INSERT INTO repository_address (address, repository_id)
SELECT address, id FROM made JOIN told USING (name) ORDER BY address ON CONFLICT DO NOTHING

-- name: add_told_commits
INSERT INTO repository_commit (repository_id, uuid, committed_at, branch, hash, identifier, author_name, author_email, message)
SELECT repository.id, uuid, committed_at, branch, hash, identifier, author_name, author_email, message
FROM json_to_recordset(%s) AS n (
    repository text, uuid int8, committed_at timestamptz, branch text, hash text, identifier text, author_name text,
    author_email text, message text)
JOIN repository ON repository.name = n.repository
WHERE NOT EXISTS (SELECT FROM repository_commit c WHERE c.repository_id = repository.id AND c.hash = n.hash)
ORDER BY repository.id, hash
ON CONFLICT DO NOTHING

-- name: find_told_commits
-- A hash may be abbreviated: what may mean several commits of its repository means none.
SELECT coalesce(min(c.id) FILTER (WHERE c.hash = n.hash), min(c.id)) AS id
FROM json_to_recordset(%s) AS n (repository text, hash text)
JOIN repository ON repository.name = n.repository
JOIN repository_commit c ON c.repository_id = repository.id
    AND (c.hash = n.hash OR (n.hash ~ '^[0-9a-f]{7,64}$' AND c.hash >= n.hash COLLATE "C" AND c.hash < (n.hash || 'g') COLLATE "C"))
GROUP BY repository.id, repository.name
HAVING count(*) = 1 OR bool_or(c.hash = n.hash)
ORDER BY repository.name

-- name: link_commits_of_run
INSERT INTO run_commit (run_id, repository_id, commit_id)
SELECT %(run_id)s, repository_id, id FROM repository_commit WHERE id = ANY (%(commits)s)
ON CONFLICT (run_id, repository_id) DO UPDATE SET commit_id = excluded.commit_id
