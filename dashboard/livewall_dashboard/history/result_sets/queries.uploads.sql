-- Runs that were uploaded, as resultsdbpy's API looks for them.

-- ---------------------------------------------------------------- storing

-- name: add_upload_configuration
INSERT INTO upload_configuration (
    digest, platform, version, is_simulator, architecture, version_name, model, style, flavor)
VALUES (%(digest)s, %(platform)s, %(version)s, %(is_simulator)s, %(architecture)s, %(version_name)s, %(model)s,
        %(style)s, %(flavor)s)
ON CONFLICT (digest) DO NOTHING

-- name: add_upload_suite
INSERT INTO upload_suite (name) VALUES (%(suite)s) ON CONFLICT (name) DO NOTHING

-- name: find_upload_series
-- Of each branch, with the numbers of the suite and of the configuration; what there is not is NULL.
SELECT named.branch, suite.id AS suite_id, made_on.id AS configuration_id, series.id, series.latest
FROM unnest(%(branches)s::text[]) AS named (branch)
LEFT JOIN upload_suite suite ON suite.name = %(suite)s
LEFT JOIN upload_configuration made_on ON made_on.digest = %(digest)s
LEFT JOIN upload_series series
    ON series.suite_id = suite.id AND series.branch = named.branch AND series.configuration_id = made_on.id

-- name: add_upload_series
INSERT INTO upload_series AS known (suite_id, branch, configuration_id, latest)
VALUES (%(suite_id)s, %(branch)s, %(configuration_id)s, %(start_time)s)
ON CONFLICT (suite_id, branch, configuration_id) DO UPDATE SET latest = greatest(known.latest, excluded.latest)
RETURNING id

-- name: setups_of_upload
-- Whose runs are at this place now.
SELECT setup.name AS setup FROM upload u JOIN run ON run.id = u.run_id JOIN setup ON setup.id = run.setup_id
WHERE u.series_id = ANY (%(series)s) AND u.uuid = %(uuid)s AND u.start_time = %(start_time)s AND u.sdk = %(sdk)s

-- name: place_upload
-- The same place again is taken by the run that came last. With the tests that the suite has not had before.
WITH noted AS (
    INSERT INTO upload_test (suite_id, test_id)
    SELECT %(suite_id)s, r.test_id FROM result r
    WHERE r.run_id = %(run_id)s
      AND NOT EXISTS (SELECT FROM upload_test t WHERE t.suite_id = %(suite_id)s AND t.test_id = r.test_id)
    ORDER BY r.test_id
    ON CONFLICT DO NOTHING)
INSERT INTO upload (run_id, series_id, uuid, start_time, sdk, flaky, stats, urls)
SELECT %(run_id)s, series_id, %(uuid)s, %(start_time)s, %(sdk)s, %(flaky)s, %(stats)s, %(urls)s
FROM unnest(%(series)s::int[]) AS series_id
ON CONFLICT (series_id, uuid, start_time, sdk) DO UPDATE SET
    run_id = excluded.run_id, flaky = excluded.flaky, stats = excluded.stats, urls = excluded.urls

-- name: place_archive
INSERT INTO upload_archive (series_id, uuid, start_time, sdk, digest)
VALUES (%(series_id)s, %(uuid)s, %(start_time)s, %(sdk)s, %(digest)s)
ON CONFLICT (series_id, uuid, start_time, sdk) DO UPDATE SET digest = excluded.digest

-- name: has_upload_there
SELECT EXISTS (
    SELECT FROM upload u JOIN upload_series s ON s.id = u.series_id
    JOIN upload_suite suite ON suite.id = s.suite_id JOIN upload_configuration c ON c.id = s.configuration_id
    WHERE suite.name = %(suite)s AND c.digest = %(digest)s AND s.branch = ANY (%(branches)s)
      AND (u.uuid, u.start_time, u.sdk) = (%(uuid)s, %(start_time)s, %(sdk)s)) AS is_there

-- name: archives_alone
-- Without an upload, those of each series together, the oldest first.
SELECT a.id, a.series_id, a.start_time, a.sdk, s.branch, suite.name AS suite, c.platform, c.version, c.is_simulator,
       c.architecture, c.version_name, c.model, c.style, c.flavor
FROM upload_archive a
JOIN upload_series s ON s.id = a.series_id
JOIN upload_suite suite ON suite.id = s.suite_id
JOIN upload_configuration c ON c.id = s.configuration_id
WHERE a.start_time < %s AND NOT EXISTS (
    SELECT FROM upload u WHERE (u.series_id, u.uuid, u.start_time, u.sdk) = (a.series_id, a.uuid, a.start_time, a.sdk))
ORDER BY a.series_id, a.start_time

-- name: remove_archives
SELECT remove_archives(%s)

-- name: remove_files_without_archive
SELECT remove_files_without_archive() AS count

-- ---------------------------------------------------------------- reading

-- name: upload_series
-- latest: of the configuration, whatever the suite.
SELECT s.id, suite.name AS suite, c.platform, c.version, c.is_simulator, c.architecture, c.version_name, c.model, c.style,
       c.flavor,
       (SELECT max(o.latest) FROM upload_series o
        WHERE o.branch = s.branch AND o.configuration_id = s.configuration_id) AS latest
FROM upload_series s
JOIN upload_suite suite ON suite.id = s.suite_id
JOIN upload_configuration c ON c.id = s.configuration_id
WHERE s.branch = %(branch)s AND (%(suites)s::text[] IS NULL OR suite.name = ANY (%(suites)s))
  AND (EXISTS (SELECT FROM upload u WHERE u.series_id = s.id)
       OR EXISTS (SELECT FROM upload_archive a WHERE a.series_id = s.id))
ORDER BY suite.name, s.id

-- name: uploads
-- Of each series, or of each of its SDKs where some are wanted, at most so many, the latest.
SELECT found.*, run.key, setup.name AS setup
FROM unnest(%(series)s::int[]) AS series (id)
CROSS JOIN unnest(%(sdks)s::text[]) AS wanted (sdk)
CROSS JOIN LATERAL (
    SELECT u.run_id, u.series_id, u.uuid, u.start_time, u.sdk, u.flaky, u.stats, u.urls
    FROM upload u
    WHERE u.series_id = series.id AND (wanted.sdk IS NULL OR u.sdk = wanted.sdk)
      AND u.uuid BETWEEN %(begin)s AND %(end)s AND u.start_time BETWEEN %(begin_time)s AND %(end_time)s
    ORDER BY {latest} LIMIT %(limit)s
) found
JOIN run ON run.id = found.run_id
JOIN setup ON setup.id = run.setup_id
ORDER BY found.uuid, found.start_time

-- name: uploaded_results
-- The same of the results of one test, and of those that it has one history with.
SELECT found.*
FROM unnest(%(series)s::int[]) AS series (id)
CROSS JOIN unnest(%(sdks)s::text[]) AS wanted (sdk)
CROSS JOIN LATERAL (
    SELECT u.series_id, u.uuid, u.start_time, u.sdk, r.status, r.actual, r.expected, r.elapsed_time, r.message, r.extra
    FROM upload u JOIN result r ON r.run_id = u.run_id AND r.test_id = ANY (ARRAY(
        SELECT coalesce(other.test_id, test.id)
        FROM test
        LEFT JOIN test_identity own ON own.test_id = test.id
        LEFT JOIN test_identity other ON other.identity_id = own.identity_id
        WHERE test.digest = %(digest)s))
    WHERE u.series_id = series.id AND (wanted.sdk IS NULL OR u.sdk = wanted.sdk)
      AND u.uuid BETWEEN %(begin)s AND %(end)s AND u.start_time BETWEEN %(begin_time)s AND %(end_time)s
    ORDER BY {latest} LIMIT %(limit)s
) found
ORDER BY found.uuid, found.start_time

-- name: uploaded_failures
-- Results that are worse than WARNING, those alone that were not expected where it is so wanted. 127: the words of
-- failures; 32: FAIL, which also covers TEXT, AUDIO and IMAGE, 28.
SELECT r.run_id, test.longname, coalesce(r.actual, 32) AS actual, r.expected
FROM result r JOIN test ON test.id = r.test_id
WHERE r.run_id = ANY (%(runs)s) AND r.status = 1 AND (NOT %(unexpected)s OR r.expected IS NULL
    OR coalesce(r.actual, 32) & 127 & ~(r.expected | CASE WHEN r.expected & 32 = 0 THEN 0 ELSE 28 END) <> 0)

-- name: uploaded_tests_with_failures
SELECT DISTINCT test.longname
FROM result r JOIN test ON test.id = r.test_id
WHERE r.run_id = ANY (%(runs)s) AND r.status = 1 AND (NOT %(unexpected)s OR r.expected IS NULL
    OR coalesce(r.actual, 32) & 127 & ~(r.expected | CASE WHEN r.expected & 32 = 0 THEN 0 ELSE 28 END) <> 0)
ORDER BY test.longname

-- name: uploaded_test_names
SELECT test.longname
FROM upload_test t
JOIN upload_suite suite ON suite.id = t.suite_id
JOIN test ON test.id = t.test_id
WHERE suite.name = %(suite)s
  AND (%(beginning)s = '' OR test.longname COLLATE "C" BETWEEN %(beginning)s AND %(beginning)s || '~')
ORDER BY test.longname COLLATE "C"
LIMIT %(limit)s

-- name: raw_upload_of
SELECT packed FROM raw_upload WHERE run_id = %(run_id)s

-- name: upload_archives
SELECT found.*
FROM unnest(%(series)s::int[]) AS series (id)
CROSS JOIN unnest(%(sdks)s::text[]) AS wanted (sdk)
CROSS JOIN LATERAL (
    SELECT a.series_id, a.uuid, a.start_time, a.sdk, a.digest
    FROM upload_archive a
    WHERE a.series_id = series.id AND (wanted.sdk IS NULL OR a.sdk = wanted.sdk)
      AND a.uuid BETWEEN %(begin)s AND %(end)s AND a.start_time BETWEEN %(begin_time)s AND %(end_time)s
    ORDER BY a.uuid DESC, a.start_time DESC LIMIT %(limit)s
) found
