-- What build reports may be at most, as the wall was last started or configured with: one row. Imports read them here.
CREATE TABLE build_report_limits (
    is_only   boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    packed    bigint NOT NULL,
    unpacked  bigint NOT NULL,
    members   bigint NOT NULL
);
