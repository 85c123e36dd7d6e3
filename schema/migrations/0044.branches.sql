-- Pages of HTML that builds left, such as of coverage. New tables, which go with their builds, as do the files.

-- A folder with such pages. no: of the step that wrote it. coverage: percent that its index says, NULL where it says none.
-- trouble: why it was not kept, '' where it was.
CREATE TABLE branch_build_html (
    number    bigint NOT NULL REFERENCES branch_build ON DELETE CASCADE,
    folder    text NOT NULL,
    no        smallint NOT NULL,
    coverage  double precision,
    trouble   text NOT NULL DEFAULT '',
    PRIMARY KEY (number, folder)
);

-- Where a file of such a folder begins in the archive of its build (html_archive.py), in bytes, and how many it has unpacked.
CREATE TABLE branch_build_html_file (
    number  bigint NOT NULL REFERENCES branch_build ON DELETE CASCADE,
    path    text NOT NULL,
    start   bigint NOT NULL,
    size    bigint NOT NULL,
    PRIMARY KEY (number, path)
);

-- A build's files are no other's.
CREATE FUNCTION remove_files_of_branch_build() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM artifact WHERE owner_kind = 'branch_build' AND owner_id = OLD.number::text;
    RETURN NULL;
END
$$;
CREATE TRIGGER branch_build_removed AFTER DELETE ON branch_build FOR EACH ROW EXECUTE FUNCTION remove_files_of_branch_build();
