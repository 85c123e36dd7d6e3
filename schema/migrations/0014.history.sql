-- How long runs are kept, which are kept for ever, and what removes the others.

-- released_at: when somebody let go of it again; the dashboard's role deletes nothing.
CREATE TABLE run_pin (
    run_id       integer PRIMARY KEY REFERENCES run ON DELETE CASCADE,
    pinned_at    timestamptz NOT NULL,
    pinned_by    text NOT NULL,
    released_at  timestamptz
);

-- The rules in force, as the wall was last started or configured with: one row. Imports and commands read them here.
CREATE TABLE retention (
    is_only      boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    rules        jsonb NOT NULL DEFAULT '[]',
    set_at       timestamptz NOT NULL DEFAULT now(),
    pruned_at    timestamptz,                        -- when `livewall prune`, or the wall, last got to the end
    pruned_runs  integer NOT NULL DEFAULT 0          -- that it removed then
);
INSERT INTO retention DEFAULT VALUES;

-- For a dashboard whose role may delete no run: those that are over, silent for a day, and not pinned.
CREATE FUNCTION remove_old_runs(run_ids integer[]) RETURNS SETOF integer
LANGUAGE sql SECURITY DEFINER AS $$
    DELETE FROM run WHERE id = ANY (run_ids) AND state <> 'running' AND last_news_at < now() - interval '1 day'
        AND NOT EXISTS (SELECT FROM run_pin p WHERE p.run_id = run.id AND p.released_at IS NULL)
    RETURNING id
$$;
ALTER FUNCTION remove_old_runs SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION remove_old_runs FROM PUBLIC;
