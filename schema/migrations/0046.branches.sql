-- What the hosts of repositories are told of builds. A new table, which goes with its builds.

-- told: {repository: state} as its host has heard it. next_at: when it is looked at again, NULL where nothing is due.
-- changes: how often the build has become another; tries and trouble: of the last of these.
CREATE TABLE branch_status (
    number   bigint PRIMARY KEY REFERENCES branch_build ON DELETE CASCADE,
    told     jsonb NOT NULL DEFAULT '{}',
    changes  integer NOT NULL DEFAULT 0,
    tries    integer NOT NULL DEFAULT 0,
    next_at  timestamptz,
    trouble  text NOT NULL DEFAULT ''
) WITH (fillfactor = 70);
CREATE INDEX branch_status_due ON branch_status (next_at) WHERE next_at IS NOT NULL;

-- A build is another, and so are those that are the same as it.
CREATE FUNCTION note_branch_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO branch_status (number, next_at)
    SELECT NEW.number, now() UNION ALL SELECT number, now() FROM branch_build WHERE same_as = NEW.number
    ON CONFLICT (number) DO UPDATE SET changes = branch_status.changes + 1, tries = 0, next_at = now();
    RETURN NULL;
END
$$;
CREATE TRIGGER branch_build_changed AFTER UPDATE ON branch_build FOR EACH ROW
    WHEN (NEW.state <> OLD.state) EXECUTE FUNCTION note_branch_status();
