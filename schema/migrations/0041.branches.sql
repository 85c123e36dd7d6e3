-- The token of a job that the wall itself has submitted is for the setup that the job names, too: runs of a branch build are
-- its project's, whichever agent runs it. Who submits jobs with a token names none.

CREATE OR REPLACE FUNCTION give_job_token(job uuid, for_setup text, digest bytea, late interval) RETURNS SETOF integer
LANGUAGE sql SECURITY DEFINER AS $$
    INSERT INTO token (name, scope, sha256, setups, expires_at, job_id)
    SELECT 'job ' || id, 'ingest', digest,
           ARRAY[for_setup] || CASE WHEN token_id IS NULL AND definition ->> 'setup' <> '' THEN ARRAY[definition ->> 'setup'] END,
           CASE WHEN ended_at IS NOT NULL THEN now() + late END, id
    FROM job WHERE id = $1 AND state <> 'waiting'
    ON CONFLICT (job_id) WHERE job_id IS NOT NULL DO UPDATE SET
        sha256 = excluded.sha256, setups = excluded.setups, expires_at = excluded.expires_at
    WHERE token.revoked_at IS NULL
    RETURNING id
$$;
ALTER FUNCTION give_job_token SET search_path = public, pg_temp;
