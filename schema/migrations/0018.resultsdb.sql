-- Archives of uploads go once they are older than results are kept.

CREATE INDEX upload_archive_by_start ON upload_archive (start_time);
CREATE INDEX upload_archive_by_digest ON upload_archive (digest);

-- Archives from before a time that no upload has beside it any more, and the files that no archive is any more. An archive
-- that comes meanwhile waits: then its file is there or it stores it again. The dashboard's role deletes nothing by itself.
CREATE FUNCTION remove_upload_archives(before bigint, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    gone text[];
BEGIN
    LOCK TABLE upload_archive IN SHARE ROW EXCLUSIVE MODE;
    WITH old AS (
        SELECT id FROM upload_archive a WHERE start_time < before AND NOT EXISTS (
            SELECT FROM upload u
            WHERE (u.series_id, u.uuid, u.start_time, u.sdk) = (a.series_id, a.uuid, a.start_time, a.sdk))
        ORDER BY start_time LIMIT most
    ), removed AS (
        DELETE FROM upload_archive WHERE id IN (SELECT id FROM old) RETURNING digest
    )
    SELECT coalesce(array_agg(digest), '{}') INTO gone FROM removed;
    DELETE FROM artifact WHERE owner_kind = 'upload_archive' AND owner_id = ANY (gone)
        AND NOT EXISTS (SELECT FROM upload_archive a WHERE a.digest = owner_id);
    RETURN cardinality(gone);
END
$$;
ALTER FUNCTION remove_upload_archives SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION remove_upload_archives FROM PUBLIC;
