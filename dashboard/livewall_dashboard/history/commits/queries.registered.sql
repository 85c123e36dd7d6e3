-- Commits that programs register one by one, and how those of all repositories are found again.

-- ---------------------------------------------------------------- finding

-- name: known_repositories
-- is_read: from a clone, which then knows better than what is said of its commits.
SELECT id, name, default_branch,
       EXISTS (SELECT FROM repository_branch b WHERE b.repository_id = repository.id) AS is_read
FROM repository ORDER BY name

-- name: commits_on_branch
-- Of those that were registered with one place on the branch, the last one counts.
SELECT c.id, c.repository_id, on_branch.branch, on_branch.uuid, on_branch.identifier, c.hash, c.revision, c.author,
       c.author_name, c.author_email, c.message
FROM (
    SELECT id AS commit_id, uuid, branch, identifier FROM repository_commit
    WHERE repository_id = %(repository)s AND branch = %(branch)s
    UNION ALL
    SELECT b.commit_id, b.uuid, b.branch, b.identifier
    FROM commit_branch b JOIN repository_commit own ON own.id = b.commit_id AND own.branch <> b.branch
    WHERE b.repository_id = %(repository)s AND b.branch = %(branch)s
) on_branch
JOIN repository_commit c ON c.id = on_branch.commit_id
WHERE on_branch.uuid BETWEEN %(begin)s AND %(end)s
  AND (%(is_read)s OR NOT EXISTS (
    SELECT FROM repository_commit later
    WHERE later.repository_id = c.repository_id AND later.branch = on_branch.branch AND later.uuid = on_branch.uuid
      AND later.id > c.id))
ORDER BY on_branch.uuid {direction}, c.id {direction}
LIMIT %(limit)s

-- name: commits_by_ref
-- ref: the beginning of a hash, of an identifier or of a revision with its r, in lower case; a whole revision where is_revision.
WITH found AS (
    SELECT id AS commit_id, branch, uuid, identifier FROM repository_commit c
    WHERE repository_id = %(repository)s AND (
        ('r' || c.revision::text) COLLATE "C" = %(ref)s
        OR NOT %(is_revision)s AND (
            c.hash BETWEEN %(ref)s AND %(ref)s || 'g'
            OR (c.identifier <> '' AND c.identifier COLLATE "C" BETWEEN %(ref)s AND %(ref)s || 'g')
            OR (c.revision IS NOT NULL AND ('r' || c.revision::text) COLLATE "C" BETWEEN %(ref)s AND %(ref)s || 'g')))
    UNION ALL
    SELECT b.commit_id, b.branch, b.uuid, b.identifier
    FROM commit_branch b JOIN repository_commit own ON own.id = b.commit_id AND own.branch <> b.branch
    WHERE b.repository_id = %(repository)s AND NOT %(is_revision)s
      AND b.identifier <> '' AND b.identifier COLLATE "C" BETWEEN %(ref)s AND %(ref)s || 'g'
)
SELECT c.id, c.repository_id, found.branch, found.uuid, found.identifier, c.hash, c.revision, c.author, c.author_name,
       c.author_email, c.message
FROM found JOIN repository_commit c ON c.id = found.commit_id
ORDER BY found.uuid, c.id
LIMIT %(limit)s

-- name: branches_with_commits
-- One after the other, by the index: there are many commits, and few branches.
WITH RECURSIVE own AS (
    (SELECT branch FROM repository_commit WHERE repository_id = %(repository)s AND branch <> '' ORDER BY branch LIMIT 1)
    UNION ALL
    SELECT (SELECT c.branch FROM repository_commit c
            WHERE c.repository_id = %(repository)s AND c.branch > own.branch ORDER BY c.branch LIMIT 1)
    FROM own WHERE own.branch IS NOT NULL
)
SELECT branch FROM (
    SELECT branch FROM own WHERE branch IS NOT NULL
    UNION
    SELECT branch FROM commit_branch WHERE repository_id = %(repository)s
) every
WHERE %(beginning)s = '' OR branch COLLATE "C" BETWEEN %(beginning)s AND %(beginning)s || '~'
ORDER BY branch COLLATE "C"
LIMIT %(limit)s

-- ---------------------------------------------------------------- registering

-- name: add_named_repository
-- Somebody else may have added it meanwhile: then no row comes back.
INSERT INTO repository (name) VALUES (%s) ON CONFLICT (name) DO NOTHING

-- name: told_commits
-- Those of these that are known, in their order, each with its repository as known_repositories has it.
SELECT repository.name, repository.default_branch,
       EXISTS (SELECT FROM repository_branch b WHERE b.repository_id = repository.id) AS is_read,
       c.id, c.repository_id, c.branch, c.uuid, c.identifier, c.hash, c.revision, c.author, c.author_name, c.author_email,
       c.message
FROM json_to_recordset(%s) AS n (place int, repository text, hash text)
JOIN repository ON repository.name = n.repository
JOIN repository_commit c ON c.repository_id = repository.id AND c.hash = n.hash
ORDER BY n.place

-- name: commits_by_hash
SELECT id, repository_id, branch, uuid, identifier, hash, revision, author, author_name, author_email, message
FROM repository_commit WHERE repository_id = %(repository)s AND hash = %(hash)s

-- name: register_commit
INSERT INTO repository_commit AS known (
    repository_id, branch, uuid, committed_at, hash, identifier, author_name, author_email, message, revision, author)
VALUES (%(repository)s, %(branch)s, %(uuid)s, to_timestamp(%(timestamp)s), %(hash)s, %(identifier)s, %(author_name)s,
        %(author_email)s, %(message)s, %(revision)s, %(author)s)
ON CONFLICT (repository_id, hash) DO UPDATE SET
    branch = excluded.branch, uuid = excluded.uuid, committed_at = excluded.committed_at,
    identifier = excluded.identifier, author_name = excluded.author_name, author_email = excluded.author_email,
    message = excluded.message, revision = excluded.revision, author = excluded.author
RETURNING id, repository_id, branch, uuid, identifier, hash, revision, author, author_name, author_email, message

-- name: note_branch_of_commit
INSERT INTO commit_branch AS known (commit_id, branch, repository_id, uuid, identifier)
VALUES (%(id)s, %(branch)s, %(repository_id)s, %(uuid)s, %(identifier)s)
ON CONFLICT (commit_id, branch) DO UPDATE SET uuid = excluded.uuid, identifier = excluded.identifier
WHERE (known.uuid, known.identifier) <> (excluded.uuid, excluded.identifier)
