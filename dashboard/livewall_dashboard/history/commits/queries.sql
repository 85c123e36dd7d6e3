-- Repositories, their commits, and the runs that were made at them.

-- ---------------------------------------------------------------- reading

-- name: commits
SELECT c.id AS commit_id, repository.name AS repository, c.branch, c.hash, c.identifier, c.uuid, c.committed_at,
       c.author_name, c.author_email, c.message,
       (SELECT count(*) FROM run_commit r WHERE r.commit_id = c.id)::int AS runs
FROM repository_commit c
JOIN repository ON repository.id = c.repository_id
WHERE {conditions}
ORDER BY c.uuid DESC, c.id DESC
LIMIT %(limit)s

-- name: commits_of_repository
c.repository_id = (SELECT id FROM repository WHERE name = %(repository)s)

-- name: commits_of_branch
c.branch = %(branch)s

-- name: commits_of_commit
c.hash >= %(commit)s AND c.hash < %(commit)s || 'g'

-- name: commits_of_newer_than
c.uuid > (SELECT max(known.uuid) FROM repository_commit known
          WHERE known.hash = %(newer_than)s AND known.repository_id = c.repository_id)

-- name: commits_of_up_to
c.uuid <= (SELECT max(known.uuid) FROM repository_commit known
           WHERE known.hash = %(up_to)s AND known.repository_id = c.repository_id)

-- name: commits_after
(c.uuid, c.id) < (%(uuid)s, %(id)s)

-- name: links_of_runs
SELECT run_id, commit_id FROM run_commit WHERE run_id = ANY (%s) ORDER BY run_id, repository_id

-- name: commits_of_runs
SELECT DISTINCT ON (run_commit.run_id) run.key AS run, run_commit.commit_id
FROM run_commit JOIN run ON run.id = run_commit.run_id
WHERE run_commit.run_id = ANY (%(runs)s) AND (%(repository)s::text IS NULL
    OR run_commit.repository_id = (SELECT id FROM repository WHERE name = %(repository)s))
ORDER BY run_commit.run_id, run_commit.repository_id

-- name: commits_of_ids
c.id = ANY (%(ids)s)

-- name: repositories
SELECT repository.name, repository.default_branch,
       coalesce((SELECT array_agg(address ORDER BY address) FROM repository_address a
                 WHERE a.repository_id = repository.id), '{}') AS addresses,
       coalesce((SELECT array_agg(b.name ORDER BY b.name) FROM repository_branch b
                 WHERE b.repository_id = repository.id), '{}') AS branches,
       (SELECT max(read_at) FROM repository_branch b WHERE b.repository_id = repository.id) AS read_at
FROM repository ORDER BY repository.name

-- ---------------------------------------------------------------- reading a clone into it

-- name: lock_commits
-- Of two that read a clone the second waits, and of the same one it then finds nothing new.
SELECT pg_advisory_xact_lock(%s)

-- name: repositories_at
SELECT DISTINCT repository.id, repository.name, repository.default_branch
FROM repository_address a JOIN repository ON repository.id = a.repository_id
WHERE a.address = ANY (%s)

-- name: repository_named
SELECT id, name, default_branch FROM repository WHERE name = %s

-- name: add_repository
INSERT INTO repository (name) VALUES (%s) RETURNING id, name, default_branch

-- name: set_default_branch
UPDATE repository SET default_branch = %s WHERE id = %s

-- name: add_addresses
INSERT INTO repository_address (address, repository_id) SELECT address, %s FROM unnest(%s::text[]) AS address
ON CONFLICT DO NOTHING

-- name: heads_read
SELECT name, head FROM repository_branch WHERE repository_id = %s

-- name: note_head
INSERT INTO repository_branch (repository_id, name, head, read_at) VALUES (%s, %s, %s, now())
ON CONFLICT (repository_id, name) DO UPDATE SET head = excluded.head, read_at = excluded.read_at

-- name: leave_branch
-- It was rewritten: what it has now is told anew.
UPDATE repository_commit SET branch = '' WHERE repository_id = %s AND branch = %s

-- name: places_of
SELECT hash, uuid, identifier, branch FROM repository_commit WHERE repository_id = %s AND hash = ANY (%s)

-- name: create_arriving_commits
CREATE TEMPORARY TABLE arriving_commit (
    no integer GENERATED ALWAYS AS IDENTITY, uuid bigint, committed_at timestamptz, hash text, identifier text,
    author_name text, author_email text, message text) ON COMMIT DROP

-- name: copy_arriving_commits
COPY arriving_commit (uuid, committed_at, hash, identifier, author_name, author_email, message) FROM STDIN

-- name: add_arriving_commits
INSERT INTO repository_commit AS known
    (repository_id, branch, uuid, committed_at, hash, identifier, author_name, author_email, message)
SELECT %(repository)s, %(branch)s, uuid, committed_at, hash, identifier, author_name, author_email, message
FROM arriving_commit ORDER BY no
ON CONFLICT (repository_id, hash) DO UPDATE SET
    uuid = excluded.uuid, committed_at = excluded.committed_at, author_name = excluded.author_name,
    author_email = excluded.author_email, message = excluded.message,
    branch = CASE WHEN %(is_default)s OR known.branch = '' THEN excluded.branch ELSE known.branch END,
    identifier = CASE WHEN %(is_default)s OR known.branch = '' THEN excluded.identifier ELSE known.identifier END
RETURNING xmax = 0 AS is_new

-- name: forget_arriving_commits
TRUNCATE arriving_commit

-- ---------------------------------------------------------------- what a run's words mean

-- name: link_run
-- A hash may be abbreviated, and a node may not know the repository: what may mean several commits means none.
INSERT INTO run_commit (run_id, repository_id, commit_id)
SELECT %(run_id)s, min(c.repository_id), min(c.id)
FROM repository_commit c
WHERE c.hash >= %(hash)s AND c.hash < %(hash)s || 'g'
  AND (%(address)s = '' OR c.repository_id = (SELECT repository_id FROM repository_address WHERE address = %(address)s))
HAVING count(*) = 1
ON CONFLICT (run_id, repository_id) DO UPDATE SET commit_id = excluded.commit_id
WHERE run_commit.commit_id <> excluded.commit_id

-- name: link_told_commits
-- A hash may be abbreviated: what may mean several commits of its repository means none.
INSERT INTO run_commit (run_id, repository_id, commit_id)
SELECT %s, repository.id, coalesce(min(c.id) FILTER (WHERE c.hash = n.hash), min(c.id))
FROM json_to_recordset(%s) AS n (repository text, hash text)
JOIN repository ON repository.name = n.repository
JOIN repository_commit c ON c.repository_id = repository.id
    AND (c.hash = n.hash OR (n.hash ~ '^[0-9a-f]{7,64}$' AND c.hash >= n.hash COLLATE "C" AND c.hash < (n.hash || 'g') COLLATE "C"))
GROUP BY repository.id
HAVING count(*) = 1 OR bool_or(c.hash = n.hash)
ON CONFLICT (run_id, repository_id) DO UPDATE SET commit_id = excluded.commit_id

-- name: addresses_of
SELECT address FROM repository_address WHERE repository_id = %s

-- name: words_of_unlinked_run
SELECT n.repository, n.hash FROM run JOIN commit n ON n.id = run.commit_id
WHERE run.id = %s AND NOT EXISTS (SELECT FROM run_commit r WHERE r.run_id = run.id)
FOR KEY SHARE OF run  -- not one that is removed meanwhile

-- name: named_repositories
SELECT DISTINCT repository FROM commit

-- name: words_for_commits
-- What nodes said that may mean one of these commits, whole or abbreviated: from the index commit_by_hash.
SELECT c.repository_id, n.id, n.repository
FROM repository_commit c
CROSS JOIN LATERAL (
    SELECT array_agg(left(c.hash, size)) || array_agg(upper(left(c.hash, size))) AS hashes
    FROM generate_series(7, length(c.hash)) AS size
) short
JOIN commit n ON n.hash = ANY (short.hashes)
WHERE c.id = ANY (%s)

-- name: link_runs
-- The same as link_run for all runs with such words of nodes, which mean this repository if they name any.
INSERT INTO run_commit (run_id, repository_id, commit_id)
SELECT run.id, found.repository_id, found.id
FROM commit n
CROSS JOIN LATERAL (
    SELECT min(c.repository_id) AS repository_id, min(c.id) AS id
    FROM repository_commit c
    WHERE c.hash >= lower(n.hash) COLLATE "C" AND c.hash < (lower(n.hash) || 'g') COLLATE "C"
      AND (n.repository = '' OR c.repository_id = %(repository)s)
    HAVING count(*) = 1
) found
JOIN run ON run.commit_id = n.id
WHERE {words} AND n.hash ~* '^[0-9a-f]{{7,64}}$'
FOR KEY SHARE OF run  -- not one that is removed meanwhile
ON CONFLICT DO NOTHING

-- name: words_of_repositories
(n.repository = ANY (%(named)s) OR n.repository = '')

-- name: words_of_numbers
n.id = ANY (%(numbers)s)
