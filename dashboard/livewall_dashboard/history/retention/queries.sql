-- How long runs are kept: the rules in force, what is due by them, what removes it, and what is pinned.

-- ---------------------------------------------------------------- rules

-- name: retention
SELECT rules, set_at, pruned_at, pruned_runs FROM retention

-- name: set_retention
UPDATE retention SET rules = %(rules)s, set_at = now() WHERE rules <> %(rules)s

-- name: note_prune
UPDATE retention SET pruned_at = now(), pruned_runs = %s

-- name: rule_rows
-- tag_sets: those that have the rule's tag.
SELECT r.*, CASE WHEN r.tag IS NOT NULL THEN (
    SELECT coalesce(array_agg(g.id), '{{}}') FROM tag_set g
    WHERE EXISTS (SELECT FROM jsonb_array_elements_text(g.tags) AS t WHERE lower(translate(t, ' _', '')) LIKE r.tag)
    ) END AS tag_sets
FROM ROWS FROM (jsonb_to_recordset(%(rules)s) AS (
    keep_days float8, keep_last int, setup text, branch text, suite text, labels jsonb, tag text, text text)) WITH ORDINALITY
    AS r (keep_days, keep_last, setup, branch, suite, labels, tag, text, no)

-- name: rule_fits
-- All but its tag. A setup or a suite that is not known yet may be any.
(rule.setup IS NULL OR coalesce(subject.setup LIKE rule.setup, true)) AND (rule.branch IS NULL OR subject.branch LIKE rule.branch)
AND (rule.suite IS NULL OR coalesce(subject.suite LIKE rule.suite, true))
AND NOT EXISTS (SELECT FROM jsonb_each_text(rule.labels) AS l WHERE coalesce(subject.labels ->> l.key, '') NOT LIKE l.value)

-- name: rule_has_tag
-- From what is noted of runs that ended, or its results where it was ended by a release that noted nothing.
(rule.tag IS NULL
 OR EXISTS (SELECT FROM run_tags n, unnest(n.tags) AS t WHERE n.run_id = subject.id AND t LIKE rule.tag)
 OR (NOT EXISTS (SELECT FROM run_tags n WHERE n.run_id = subject.id)
     AND EXISTS (SELECT FROM result r WHERE r.run_id = subject.id AND r.tag_set_id = ANY (rule.tag_sets))))

-- name: due_runs
-- The age of a run is that of its start, by the server's clock; of one that was given up, that of its last news, as its node
-- may still have the rest. no: of the rule that decides. place: among its like, the newest first.
WITH rule AS MATERIALIZED ({rules}),
judged AS (
    SELECT subject.*, rule.no, rule.keep_days, rule.keep_last, row_number() OVER (
        PARTITION BY rule.no, subject.setup, subject.branch, subject.suite ORDER BY subject.sorted_at DESC, subject.id DESC
        ) AS place
    FROM (
        SELECT run.id, run.state, run.sorted_at, run.last_news_at, run.branch, coalesce(run.suite, run.name) AS suite,
               setup.name AS setup, configuration.labels
        FROM run
        JOIN setup ON setup.id = run.setup_id
        JOIN configuration ON configuration.id = run.configuration_id) subject
    JOIN LATERAL (SELECT * FROM rule WHERE {fits} AND {has_tag} ORDER BY rule.no LIMIT 1) rule ON true)
SELECT id, no FROM judged
WHERE (keep_days IS NOT NULL OR keep_last IS NOT NULL)
  AND (keep_days IS NULL
       OR now() - greatest(sorted_at, CASE state WHEN 'abandoned' THEN last_news_at END) > keep_days * interval '1 day')
  AND (keep_last IS NULL OR place > keep_last)
  AND state <> 'running' AND last_news_at < now() - interval '1 day'
  AND NOT EXISTS (SELECT FROM run_pin p WHERE p.run_id = judged.id AND p.released_at IS NULL)
ORDER BY id

-- name: rules_of_new_run
-- Those that may decide of a run whose tags, and maybe whose setup and suite, are not known yet, up to the first that needs
-- none of these: is_sure. newer: runs of its like that began later.
WITH rule AS MATERIALIZED ({rules}),
subject AS (SELECT %(setup)s::text AS setup, %(branch)s::text AS branch, %(suite)s::text AS suite, %(labels)s::jsonb AS labels),
fitting AS (
    SELECT rule.*, rule.tag IS NULL AND (rule.suite IS NULL OR subject.suite IS NOT NULL)
        AND (rule.setup IS NULL OR subject.setup IS NOT NULL) AS is_sure
    FROM rule, subject WHERE {fits})
SELECT text, is_sure, now() - %(sorted_at)s > keep_days * interval '1 day' AS is_too_old, keep_last,
    CASE WHEN keep_last IS NOT NULL THEN (
        SELECT count(*) FROM run JOIN setup ON setup.id = run.setup_id
        WHERE (%(setup)s::text IS NULL OR setup.name = %(setup)s) AND run.branch = %(branch)s
            AND coalesce(run.suite, run.name) = %(suite)s AND run.sorted_at >= %(sorted_at)s) END AS newer
FROM fitting
WHERE no <= coalesce((SELECT min(no) FROM fitting WHERE is_sure), no)
ORDER BY no

-- ---------------------------------------------------------------- removing

-- name: take_prune_lock
SELECT pg_try_advisory_lock(%s) AS is_ours

-- name: give_prune_lock
SELECT pg_advisory_unlock(%s)

-- name: newest_run
SELECT coalesce(max(id), 0) AS id FROM run

-- name: lock_due_runs
-- Not one that somebody has in hand: it is being written to, imported or pinned.
SELECT id FROM run WHERE id = ANY (%s) AND state <> 'running' AND last_news_at < now() - interval '1 day'
ORDER BY id FOR UPDATE SKIP LOCKED

-- name: results_of_due
SELECT run_id AS id, sum(passed + failed + skipped)::bigint AS results FROM process WHERE run_id = ANY (%s) GROUP BY run_id

-- name: runs_between
SELECT id FROM run WHERE id >= %s AND id < %s

-- name: wait_for_writers
-- A run whose number was drawn and that is not committed yet may belong into the partition that goes.
LOCK TABLE run IN SHARE MODE

-- name: remove_old_runs
SELECT remove_old_runs(%s) AS id

-- ---------------------------------------------------------------- what would go

-- name: sizes_of_due
-- results: those of runs, as their nodes and files counted them.
SELECT count(*)::int AS runs, coalesce(sum(tests), 0)::bigint AS results, min(sorted_at) AS oldest, max(sorted_at) AS newest
FROM (SELECT run.sorted_at, (SELECT sum(p.passed + p.failed + p.skipped) FROM process p WHERE p.run_id = run.id) AS tests
      FROM run WHERE id = ANY (%s)) due

-- name: bytes_of_table
SELECT coalesce(pg_total_relation_size(to_regclass(%s)), 0) AS bytes

-- name: places_of_due
-- With the archives that are beside these uploads alone.
SELECT place FROM artifact WHERE run_id = ANY (%(runs)s)
UNION ALL
SELECT place FROM artifact
WHERE owner_kind = 'upload_archive' AND owner_id IN (
    SELECT a.digest FROM upload u JOIN upload_archive a
        ON (a.series_id, a.uuid, a.start_time, a.sdk) = (u.series_id, u.uuid, u.start_time, u.sdk)
    WHERE u.run_id = ANY (%(runs)s)
    EXCEPT
    SELECT a.digest FROM upload_archive a LEFT JOIN upload u
        ON (a.series_id, a.uuid, a.start_time, a.sdk) = (u.series_id, u.uuid, u.start_time, u.sdk)
    WHERE u.run_id IS NULL OR u.run_id <> ALL (%(runs)s))

-- ---------------------------------------------------------------- pins

-- name: pin_run
INSERT INTO run_pin (run_id, pinned_at, pinned_by) SELECT id, now(), %(by)s FROM run WHERE key = %(key)s
ON CONFLICT (run_id) DO UPDATE SET released_at = NULL, pinned_at = excluded.pinned_at, pinned_by = excluded.pinned_by
WHERE run_pin.released_at IS NOT NULL

-- name: release_run
UPDATE run_pin SET released_at = now() FROM run
WHERE run.id = run_pin.run_id AND run.key = %s AND run_pin.released_at IS NULL

-- name: pin_of_run
SELECT pinned_at, pinned_by FROM run_pin WHERE run_id = %s AND released_at IS NULL

-- name: runs_gone
-- Of these keys, those of which the history has no run (any more).
SELECT key FROM unnest(%s::text[]) AS key WHERE NOT EXISTS (SELECT FROM run WHERE run.key = key.key)
