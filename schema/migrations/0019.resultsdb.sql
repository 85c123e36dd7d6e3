-- An archive goes with the run that it is beside, by whatever rule that goes.

-- Removes these archives where no upload is beside them, and the files that no archive is any more; -> how many. An archive
-- that comes meanwhile waits: then its file is there or it stores it again. The dashboard's role deletes nothing by itself.
CREATE FUNCTION remove_archives(archives integer[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    gone text[];
BEGIN
    LOCK TABLE upload_archive IN SHARE ROW EXCLUSIVE MODE;
    WITH removed AS (
        DELETE FROM upload_archive a WHERE id = ANY (archives) AND NOT EXISTS (
            SELECT FROM upload u
            WHERE (u.series_id, u.uuid, u.start_time, u.sdk) = (a.series_id, a.uuid, a.start_time, a.sdk))
        RETURNING digest
    )
    SELECT coalesce(array_agg(digest), '{}') INTO gone FROM removed;
    DELETE FROM artifact WHERE owner_kind = 'upload_archive' AND owner_id = ANY (gone)
        AND NOT EXISTS (SELECT FROM upload_archive a WHERE a.digest = owner_id);
    RETURN cardinality(gone);
END
$$;
ALTER FUNCTION remove_archives SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION remove_archives FROM PUBLIC;

CREATE FUNCTION remove_archives_beside() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    beside integer[];
BEGIN
    SELECT array_agg(id) INTO beside FROM upload_archive a
    WHERE (a.series_id, a.uuid, a.start_time, a.sdk) = (OLD.series_id, OLD.uuid, OLD.start_time, OLD.sdk);
    IF beside IS NOT NULL THEN
        PERFORM remove_archives(beside);
    END IF;
    RETURN NULL;
END
$$;
ALTER FUNCTION remove_archives_beside SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION remove_archives_beside FROM PUBLIC;
CREATE TRIGGER remove_archives_beside AFTER DELETE ON upload FOR EACH ROW EXECUTE FUNCTION remove_archives_beside();

-- Files of archives that others have taken the place of; -> how many. Those of a day may be on their way to their archive.
CREATE FUNCTION remove_files_without_archive() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    removed integer;
BEGIN
    LOCK TABLE upload_archive IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM artifact WHERE owner_kind = 'upload_archive' AND stored_at < now() - interval '1 day'
        AND NOT EXISTS (SELECT FROM upload_archive a WHERE a.digest = owner_id);
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END
$$;
ALTER FUNCTION remove_files_without_archive SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION remove_files_without_archive FROM PUBLIC;
