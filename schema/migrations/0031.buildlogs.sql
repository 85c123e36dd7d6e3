-- A tarball that two setups send is a report of each: what one has sent never answers for the other.
ALTER TABLE build_report DROP CONSTRAINT build_report_sha256_key;
ALTER TABLE build_report ADD UNIQUE (sha256, setup);
