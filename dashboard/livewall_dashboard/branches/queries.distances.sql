-- name: commits_to_measure
-- What the living bundles of a project are made of, by their newest builds, and from which base that is counted already.
SELECT bundle.id AS bundle_id, bundle.name AS bundle, c.repository, c.commit, d.base
FROM bundle
CROSS JOIN LATERAL (SELECT number FROM branch_build b WHERE b.bundle_id = bundle.id ORDER BY number DESC LIMIT 1) AS newest
JOIN branch_build_commit c ON c.number = newest.number AND c.commit <> ''
LEFT JOIN bundle_distance d ON d.bundle_id = bundle.id AND d.repository = c.repository AND d.commit = c.commit
WHERE bundle.project = %s AND bundle.is_alive
ORDER BY bundle.is_sticky DESC, bundle.pushed_at DESC, bundle.id, c.no

-- name: put_distance
INSERT INTO bundle_distance (bundle_id, repository, commit, base, ahead, behind)
SELECT id, %(repository)s, %(commit)s, %(base)s, %(ahead)s, %(behind)s FROM bundle WHERE id = %(bundle_id)s
ON CONFLICT (bundle_id, repository) DO UPDATE SET
    commit = excluded.commit, base = excluded.base, ahead = excluded.ahead, behind = excluded.behind

-- name: distances
SELECT bundle_id, repository, commit, ahead, behind FROM bundle_distance WHERE bundle_id = ANY (%s)
