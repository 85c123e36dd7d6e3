-- Setups that are forgotten.

-- name: setups_on_the_wall
-- What may be forgotten: all that reported and was not forgotten since. running: a run that goes on there.
SELECT setup.name, runs.last_news_at, runs.runs, runs.running
FROM setup
CROSS JOIN LATERAL (
    SELECT max(last_news_at) AS last_news_at, count(*) AS runs, min(key) FILTER (WHERE state = 'running') AS running
    FROM run WHERE run.setup_id = setup.id
) runs
WHERE setup.name <> 'livewall-probe'
    AND (setup.forgotten_at IS NULL OR setup.forgotten_at < runs.last_news_at)
ORDER BY setup.name

-- name: forget_setups
-- Not before the last news, by whatever clock.
UPDATE setup SET forgotten_at =
    greatest(now(), (SELECT max(last_news_at) FROM run WHERE run.setup_id = setup.id))
WHERE name = ANY (%s) AND NOT EXISTS (SELECT FROM run WHERE run.setup_id = setup.id AND run.state = 'running')
RETURNING name

-- name: recently_forgotten
SELECT name, forgotten_at FROM setup WHERE forgotten_at > now() - interval '10 minutes'
