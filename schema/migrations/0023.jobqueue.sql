-- A token for a job alone: the robot in it reports with that, and the agent's own stays with the agent. It ends soon after
-- the job. The release before takes it for a token of its setup, which it is, too.

ALTER TABLE token ADD COLUMN job_id uuid;
CREATE UNIQUE INDEX token_of_job ON token (job_id) WHERE job_id IS NOT NULL;

-- The dashboard's role makes no tokens but these. Of a job that has ended `late` is how long it is good: what its robot could
-- not deliver comes then. One token a job: the one before is good no more. No row where no agent has had the job.
CREATE FUNCTION give_job_token(job uuid, for_setup text, digest bytea, late interval) RETURNS SETOF integer
LANGUAGE sql SECURITY DEFINER AS $$
    INSERT INTO token (name, scope, sha256, setups, expires_at, job_id)
    SELECT 'job ' || id, 'ingest', digest, ARRAY[for_setup], CASE WHEN ended_at IS NOT NULL THEN now() + late END, id
    FROM job WHERE id = $1 AND state <> 'waiting'
    ON CONFLICT (job_id) WHERE job_id IS NOT NULL DO UPDATE SET
        sha256 = excluded.sha256, setups = excluded.setups, expires_at = excluded.expires_at
    WHERE token.revoked_at IS NULL
    RETURNING id
$$;
ALTER FUNCTION give_job_token SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION give_job_token FROM PUBLIC;

-- A robot whose job is cancelled has its last words then.
CREATE FUNCTION end_job_token() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    UPDATE token SET expires_at = now() + interval '10 minutes' WHERE job_id = NEW.id;
    RETURN NULL;
END
$$;
ALTER FUNCTION end_job_token SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION end_job_token FROM PUBLIC;
CREATE TRIGGER job_ended AFTER UPDATE ON job FOR EACH ROW
    WHEN (NEW.ended_at IS NOT NULL AND OLD.ended_at IS NULL) EXECUTE FUNCTION end_job_token();

CREATE FUNCTION remove_job_tokens() RETURNS void
LANGUAGE sql SECURITY DEFINER AS $$
    DELETE FROM token WHERE job_id IS NOT NULL AND expires_at < now()
$$;
ALTER FUNCTION remove_job_tokens SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION remove_job_tokens FROM PUBLIC;
