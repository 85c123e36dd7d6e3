-- What runs are found by: their labels, and the tags of their tests. And the place of a label's value among others, so that
-- any label is an order: a version, the number of a build.
--
-- Link tables: the release before knows nothing of them. Labels come by a trigger, whichever release stores them; tags of runs
-- that it ended are added when this one starts.

-- As people count: 2.10 after 2.9, and 2.9-rc1 before it. A number is its length and its digits. By bytes, COLLATE "C".
CREATE FUNCTION label_place(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(
        CASE WHEN token[1] ~ '^[0-9]' THEN to_char(length(ltrim(token[1], '0')), 'FM000') || ltrim(token[1], '0')
             ELSE token[1] END, '' ORDER BY no), '') || '!'
    FROM regexp_matches(regexp_replace(value, '-(?=[A-Za-z])', ' ', 'g'), '[0-9]+|[^0-9]+', 'g')
        WITH ORDINALITY AS t (token, no)
$$;

CREATE TABLE configuration_label (
    configuration_id  integer NOT NULL REFERENCES configuration,
    name              text NOT NULL,
    value             text NOT NULL,
    place             text COLLATE "C" NOT NULL
);

CREATE FUNCTION note_labels() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO configuration_label (configuration_id, name, value, place)
    SELECT NEW.id, key, value, label_place(value) FROM jsonb_each_text(NEW.labels);
    RETURN NULL;
END
$$;
CREATE TRIGGER note_labels AFTER INSERT ON configuration FOR EACH ROW EXECUTE FUNCTION note_labels();

INSERT INTO configuration_label (configuration_id, name, value, place)
SELECT configuration.id, key, value, label_place(value) FROM configuration CROSS JOIN jsonb_each_text(labels);
CREATE INDEX configuration_label_of ON configuration_label (configuration_id);
CREATE INDEX configuration_label_by_name ON configuration_label (left(name, 200));
CREATE INDEX configuration_label_by_value ON configuration_label (left(name || '=' || value, 400));
CREATE INDEX run_by_configuration ON run (configuration_id, sorted_at DESC, id DESC);

-- As Robot Framework compares tags: case, spaces and underscores aside; their beginnings, as an index takes no more.
CREATE FUNCTION tag_keys(tags jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_agg(left(lower(translate(tag, ' _', '')), 200)) FROM jsonb_array_elements_text(tags) AS tag
$$;

-- The tags of all tests of a run that has ended, as tag_keys has them.
CREATE TABLE run_tags (
    run_id  integer NOT NULL PRIMARY KEY REFERENCES run ON DELETE CASCADE,
    tags    text[] NOT NULL
);
CREATE INDEX run_tags_by_tag ON run_tags USING gin (tags);
