-- name: heads
-- Of a project's branches, those that are there.
SELECT repository, remote, name AS branch, commit, pushed_at, subject, author, committed_at
FROM branch WHERE project = %s AND is_there

-- name: heads_of_remote
SELECT id, name, commit, is_there FROM branch WHERE project = %(project)s AND repository = %(repository)s AND remote = %(remote)s

-- name: was_fetched
SELECT EXISTS (SELECT FROM branch_remote WHERE project = %(project)s AND repository = %(repository)s
               AND remote = %(remote)s AND fetched_at IS NOT NULL) AS was

-- name: put_branch
-- With what became of it. pushed_at: of a remote that is looked at for the first time, when the commit was made.
WITH put AS (
INSERT INTO branch (project, repository, remote, name, commit, subject, author, committed_at, pushed_at)
VALUES (%(project)s, %(repository)s, %(remote)s, %(name)s, %(commit)s, %(subject)s, %(author)s, %(committed_at)s,
        CASE WHEN %(is_first_look)s THEN least(coalesce(%(committed_at)s::timestamptz, now()), now()) ELSE now() END)
ON CONFLICT (project, repository, remote, name) DO UPDATE SET
    commit = excluded.commit, subject = excluded.subject, author = excluded.author, committed_at = excluded.committed_at,
    pushed_at = now(), is_there = true
RETURNING id
)
INSERT INTO branch_move (branch_id, kind, before, after, former)
SELECT id, %(kind)s, %(before)s, %(commit)s, %(former)s FROM put

-- name: drop_branch
WITH gone AS (UPDATE branch SET is_there = false WHERE id = %(id)s RETURNING id, commit)
INSERT INTO branch_move (branch_id, kind, before) SELECT id, 'deleted', commit FROM gone

-- name: reached_repositories
-- Those whose own remote was looked at with success once.
SELECT repository FROM branch_remote WHERE project = %s AND remote = 'origin' AND fetched_at IS NOT NULL

-- name: note_fetch
-- trouble '' for none.
INSERT INTO branch_remote (project, repository, remote, fetched_at, trouble, trouble_since)
VALUES (%(project)s, %(repository)s, %(remote)s, CASE WHEN %(trouble)s = '' THEN now() END, %(trouble)s,
        CASE WHEN %(trouble)s <> '' THEN now() END)
ON CONFLICT (project, repository, remote) DO UPDATE SET
    fetched_at = coalesce(excluded.fetched_at, branch_remote.fetched_at), trouble = excluded.trouble,
    trouble_since = CASE WHEN excluded.trouble <> '' THEN coalesce(branch_remote.trouble_since, now()) END
