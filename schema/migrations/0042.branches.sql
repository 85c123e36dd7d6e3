-- What builds left running: new tables. And the function that removes builds takes its own `before`, not that of branch_move,
-- at which it stopped.

-- An instance is kept by the agent that made the build; this is what it said last, until lease_until, and what is wanted of
-- it. number: of the build, which may be removed before its instance is. wakes: how often somebody wanted it awake; tried:
-- for which of these times the agent has told. changed_at: when its state was last another one. gone_at: since then nothing
-- is left of it.
CREATE TABLE branch_instance (
    number        bigint PRIMARY KEY,
    job_id        uuid NOT NULL,
    project       text NOT NULL,
    agent         text NOT NULL,
    host          text NOT NULL DEFAULT '',
    port          integer,
    state         text NOT NULL DEFAULT 'stopped' CHECK (state IN ('starting', 'running', 'stopping', 'stopped', 'failed')),
    wanted        text NOT NULL DEFAULT 'stopped' CHECK (wanted IN ('running', 'stopped', 'gone')),
    reason        text NOT NULL DEFAULT '',
    wakes         integer NOT NULL DEFAULT 0,
    tried         integer NOT NULL DEFAULT 0,
    restarts      integer NOT NULL DEFAULT 0,
    exit_code     integer,
    message       text NOT NULL DEFAULT '',
    created_at    timestamptz NOT NULL DEFAULT now(),
    changed_at    timestamptz NOT NULL DEFAULT now(),
    started_at    timestamptz,
    last_used_at  timestamptz NOT NULL DEFAULT now(),
    lease_until   timestamptz NOT NULL DEFAULT now(),
    gone_at       timestamptz
) WITH (fillfactor = 70);
CREATE INDEX branch_instance_of_agent ON branch_instance (agent) WHERE gone_at IS NULL;
CREATE INDEX branch_instance_of_project ON branch_instance (project, number DESC) WHERE gone_at IS NULL;

-- The end of what an instance has written.
CREATE TABLE branch_instance_log (
    number  bigint PRIMARY KEY REFERENCES branch_instance ON DELETE CASCADE,
    at      timestamptz NOT NULL DEFAULT now(),
    text    text NOT NULL
);

-- Rows of instances of which nothing is left since a time. The dashboard's role deletes nothing by itself.
CREATE FUNCTION remove_branch_instances(before timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    removed integer;
BEGIN
    DELETE FROM branch_instance WHERE gone_at < before;
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END
$$;
ALTER FUNCTION remove_branch_instances SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION remove_branch_instances FROM PUBLIC;

-- Builds that ended before a time, but for kept ones, the last five of each living bundle, and those that others are the
-- same as; then bundles and branches that are gone and have none left. The dashboard's role deletes nothing by itself.
CREATE OR REPLACE FUNCTION remove_branch_builds(before timestamptz, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    removed integer;
BEGIN
    DELETE FROM branch_build WHERE number IN (
        SELECT b.number FROM branch_build b JOIN bundle ON bundle.id = b.bundle_id
        WHERE b.state = 'done' AND b.ended_at < remove_branch_builds.before AND NOT b.is_kept
          AND NOT EXISTS (SELECT FROM branch_build other WHERE other.same_as = b.number)
          AND NOT (bundle.is_alive AND b.number IN (
              SELECT number FROM branch_build last WHERE last.bundle_id = b.bundle_id ORDER BY number DESC LIMIT 5))
        ORDER BY b.number LIMIT most);
    GET DIAGNOSTICS removed = ROW_COUNT;
    DELETE FROM bundle WHERE NOT is_alive AND pushed_at < remove_branch_builds.before
        AND NOT EXISTS (SELECT FROM branch_build b WHERE b.bundle_id = bundle.id);
    DELETE FROM branch_move WHERE at < remove_branch_builds.before;
    DELETE FROM branch WHERE NOT is_there AND pushed_at < remove_branch_builds.before;
    RETURN removed;
END
$$;
ALTER FUNCTION remove_branch_builds SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION remove_branch_builds FROM PUBLIC;
