-- How far what bundles are made of is from their bases. A new table, which goes with its bundles.

-- Of a repository of a bundle: how many commits `commit` has that `base` has not (ahead), and the other way round (behind).
-- It holds for these two commits alone.
CREATE TABLE bundle_distance (
    bundle_id   integer NOT NULL REFERENCES bundle ON DELETE CASCADE,
    repository  text NOT NULL,
    commit      text NOT NULL,
    base        text NOT NULL,
    ahead       integer NOT NULL,
    behind      integer NOT NULL,
    PRIMARY KEY (bundle_id, repository)
) WITH (fillfactor = 70);
