-- name: put_webhook
INSERT INTO job_webhook (job_id, url, body, next_at) VALUES (%(job)s, %(url)s, %(body)s, now())

-- name: next_webhook
-- Taken, and due again later: four times as long after each try.
UPDATE job_webhook SET tries = tries + 1,
    next_at = now() + (%(within)s + %(first)s * 4 ^ least(tries, 7)) * interval '1 s'
WHERE id = (SELECT id FROM job_webhook WHERE next_at <= now() ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, url, body, tries

-- name: note_webhook
UPDATE job_webhook SET trouble = %(trouble)s, next_at = CASE WHEN %(again)s THEN next_at END WHERE id = %(id)s
