-- A job with a NUL anywhere in its definition had no token, and its agent asked for one for ever. New: a function alone.

-- The dashboard's role makes no tokens but these. Of a job that has ended `late` is how long it is good: what its robot could
-- not deliver comes then. One token a job: the one before is good no more. No row where no agent has had the job.
CREATE FUNCTION give_token_to_job(job uuid, for_setup text, digest bytea, late interval) RETURNS SETOF integer
LANGUAGE sql SECURITY DEFINER AS $$
    INSERT INTO token (name, scope, sha256, setups, expires_at, job_id)
    SELECT 'job ' || id, 'ingest', digest,
           ARRAY[for_setup] || CASE WHEN token_id IS NULL AND told.setup <> '' THEN ARRAY[told.setup] END,
           CASE WHEN ended_at IS NOT NULL THEN now() + late END, id
    FROM job
    -- Postgres reads no member of json that has a NUL anywhere in it.
    CROSS JOIN LATERAL (SELECT replace(definition::text, '\u0000', '\ufffd')::json ->> 'setup' AS setup) AS told
    WHERE id = $1 AND state <> 'waiting'
    ON CONFLICT (job_id) WHERE job_id IS NOT NULL DO UPDATE SET
        sha256 = excluded.sha256, setups = excluded.setups, expires_at = excluded.expires_at
    WHERE token.revoked_at IS NULL
    RETURNING id
$$;
ALTER FUNCTION give_token_to_job SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION give_token_to_job FROM PUBLIC;
