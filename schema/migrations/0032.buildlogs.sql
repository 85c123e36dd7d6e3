-- What a former report of a run said goes when another one takes its place. The dashboard's role deletes nothing by itself.
CREATE FUNCTION remove_build_report(report_of integer) RETURNS void
LANGUAGE sql SECURITY DEFINER AS $$
    DELETE FROM build_report WHERE run_id = report_of
$$;
ALTER FUNCTION remove_build_report SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION remove_build_report FROM PUBLIC;
