-- Files of any owner, each in a place of its own on the disk.
--
-- owner_kind, owner_id: whose it is: a run's number, or the number or UUID of what another feature has files of.
-- The release before names a run alone, and knows one place for each name of a run: a trigger fills in the rest for it.

CREATE FUNCTION former_place(run_id integer, name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT run_id || '/' || left(encode(sha256(convert_to(name, 'UTF8')), 'hex'), 32) || '.gz'
$$;

ALTER TABLE artifact
    ADD COLUMN owner_kind text NOT NULL DEFAULT 'run',
    ADD COLUMN owner_id   text,
    ADD COLUMN place      text;
UPDATE artifact SET owner_id = run_id, place = former_place(run_id, name);
ALTER TABLE artifact
    DROP CONSTRAINT artifact_pkey,
    ALTER COLUMN run_id DROP NOT NULL,
    ALTER COLUMN owner_id SET NOT NULL,
    ALTER COLUMN place SET NOT NULL,
    ADD PRIMARY KEY (owner_kind, owner_id, name),
    ADD UNIQUE (run_id, name),
    ADD UNIQUE (place),
    ADD CHECK ((owner_kind = 'run') = (run_id IS NOT NULL));

CREATE FUNCTION artifact_of_former_release() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.owner_id := NEW.run_id;
    NEW.place := former_place(NEW.run_id, NEW.name);
    RETURN NEW;
END
$$;
CREATE TRIGGER artifact_of_former_release BEFORE INSERT ON artifact FOR EACH ROW
    WHEN (NEW.owner_id IS NULL) EXECUTE FUNCTION artifact_of_former_release();
CREATE TRIGGER artifact_replaced_by_former_release BEFORE UPDATE ON artifact FOR EACH ROW
    WHEN (NEW.stored_at <> OLD.stored_at AND NEW.sha256 <> OLD.sha256 AND NEW.place = OLD.place) EXECUTE FUNCTION artifact_of_former_release();

-- Places that no row leads to any more; whoever deletes rows need not think of the files. A row without a place is used
-- again: the dashboard's role deletes nothing.
CREATE TABLE unused_place (
    id     integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    place  text
);
CREATE INDEX unused_place_free ON unused_place (id) WHERE place IS NULL;

CREATE FUNCTION note_unused_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE unused_place SET place = OLD.place
    WHERE id = (SELECT id FROM unused_place WHERE place IS NULL LIMIT 1 FOR UPDATE SKIP LOCKED);
    IF NOT FOUND THEN
        INSERT INTO unused_place (place) VALUES (OLD.place);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER artifact_deleted AFTER DELETE ON artifact FOR EACH ROW EXECUTE FUNCTION note_unused_place();
CREATE TRIGGER artifact_replaced AFTER UPDATE ON artifact FOR EACH ROW
    WHEN (NEW.place <> OLD.place) EXECUTE FUNCTION note_unused_place();
