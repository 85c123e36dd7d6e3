-- Build reports and what is in them: this feature's tables alone.

-- name: report_of_tarball
-- Of the setup or, where none is given, of the one that it names itself.
SELECT run_id, run, setup, total, details FROM build_report
WHERE sha256 = %(sha256)s AND setup = coalesce(%(setup)s, details ->> 'own_setup', details ->> 'host')

-- name: report_of_number
SELECT run FROM build_report WHERE run_id = %s

-- name: remove_report
-- What a former report of the run said.
SELECT remove_build_report(%s)

-- name: add_report
INSERT INTO build_report (run_id, run, sha256, started_at, setup, project, version, status, failed_step, system, architecture,
                          compiler, total, passed, failed, skipped, expected_failures, errors, warnings, answers_id, details)
VALUES (%(run_id)s, %(run)s, %(sha256)s, %(started_at)s, %(setup)s, %(project)s, %(version)s, %(status)s, %(failed_step)s,
        %(system)s, %(architecture)s, %(compiler)s, %(total)s, %(passed)s, %(failed)s, %(skipped)s, %(expected_failures)s,
        %(errors)s, %(warnings)s,
        %(answers_id)s, %(details)s)

-- name: add_steps
INSERT INTO build_step (run_id, no, name, status, lines, size, elapsed_time, first_error, places)
SELECT %(run_id)s, no, name, status, lines, size, elapsed_time, first_error, places
FROM jsonb_to_recordset(%(steps)s) AS s (no smallint, name text, status text, lines bigint, size bigint,
                                         elapsed_time double precision, first_error jsonb, places jsonb)

-- name: add_diagnostics
-- In order, lest two reports wait for each other.
INSERT INTO build_diagnostic (digest, kind, sort, flag, file, text, hint)
SELECT digest, kind, sort, flag, file, text, hint
FROM jsonb_to_recordset(%s) AS d (digest text, kind text, sort text, flag text, file text, text text, hint text)
ORDER BY digest
ON CONFLICT (digest) DO NOTHING

-- name: add_diagnostics_seen
INSERT INTO build_diagnostic_seen (run_id, diagnostic_id, step, line, at, count)
SELECT %(run_id)s, known.id, s.step, s.line, s.at, s.count
FROM jsonb_to_recordset(%(seen)s) AS s (digest text, step text, line integer, at bigint, count integer)
JOIN build_diagnostic known USING (digest)

-- name: add_answers
WITH made AS (
    INSERT INTO build_answers (digest, answers) VALUES (%(digest)s, %(answers)s) ON CONFLICT (digest) DO NOTHING RETURNING id
)
SELECT id FROM made UNION ALL SELECT id FROM build_answers WHERE digest = %(digest)s LIMIT 1

-- name: reports
-- The latest first, each with what it says otherwise than the one before of the same project and system. A compiler of
-- another version is the same system still, another compiler is not: its warnings are others.
SELECT b.run_id, b.run, b.project, b.version, b.setup, b.system, b.architecture, b.compiler, b.status, b.failed_step,
       b.started_at, b.total, b.passed, b.failed, b.skipped, b.expected_failures, b.errors, b.warnings, b.sha256, b.answers_id, b.details,
       former.run AS former, former.version AS former_version, former.status AS former_status,
       changed.new_warnings, changed.fixed_warnings,
       (SELECT first_error FROM build_step s WHERE s.run_id = b.run_id AND s.name = b.failed_step) AS first_error
FROM build_report b
LEFT JOIN LATERAL (
    SELECT f.run_id, f.run, f.version, f.status FROM build_report f
    WHERE left(f.project, 200) = left(b.project, 200) AND f.project = b.project AND left(f.system, 100) = left(b.system, 100) AND f.system = b.system
        AND f.architecture = b.architecture AND regexp_replace(f.compiler, ' [0-9.]+$', '') = regexp_replace(b.compiler, ' [0-9.]+$', '')
        AND (f.started_at, f.run_id) < (b.started_at, b.run_id)
    ORDER BY f.started_at DESC, f.run_id DESC LIMIT 1
) former ON true
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE o.run_id IS NULL AND n.run_id IS NOT NULL)::integer AS new_warnings,
           count(*) FILTER (WHERE n.run_id IS NULL AND o.run_id IS NOT NULL)::integer AS fixed_warnings
    FROM (SELECT * FROM build_diagnostic_seen WHERE run_id = b.run_id) n
    FULL JOIN (SELECT * FROM build_diagnostic_seen WHERE run_id = former.run_id) o USING (diagnostic_id)
    JOIN build_diagnostic d ON d.id = diagnostic_id AND d.kind = 'warning'
    WHERE former.run_id IS NOT NULL
) changed
WHERE {conditions}
ORDER BY b.started_at DESC, b.run_id DESC LIMIT %(limit)s

-- name: any_report
SELECT 1 FROM build_report LIMIT 1

-- name: projects
-- What was built lately, each with its latest version.
SELECT DISTINCT ON (project) project, version, started_at, count(*) OVER (PARTITION BY project) AS reports
FROM (SELECT project, version, started_at, run_id FROM build_report ORDER BY started_at DESC, run_id DESC LIMIT %(most)s) lately
ORDER BY project, started_at DESC, run_id DESC

-- name: versions
-- The versions of a project, that with the newest report first.
SELECT version, max(started_at) AS started_at, count(*) AS reports FROM build_report
WHERE left(project, 200) = left(%(project)s, 200) AND project = %(project)s
GROUP BY version ORDER BY max(started_at) DESC, version LIMIT %(limit)s OFFSET %(offset)s

-- name: latest_of_versions
-- Of each setup and what it was asked to build with, the latest report of these versions.
SELECT DISTINCT ON (version, setup, system, architecture, compiler, details -> 'parameters')
       run_id, run, version, setup, system, architecture, compiler, status, failed_step, started_at,
       total, passed, failed, skipped, expected_failures, warnings, details
FROM build_report
WHERE left(project, 200) = left(%(project)s, 200) AND project = %(project)s AND version = ANY(%(versions)s)
ORDER BY version, setup, system, architecture, compiler, details -> 'parameters', started_at DESC, run_id DESC
LIMIT %(most)s

-- name: steps_of_reports
SELECT run_id, name, status, lines, elapsed_time FROM build_step WHERE run_id = ANY(%s) ORDER BY run_id, no

-- name: steps_of_report
SELECT name, status, lines, size, elapsed_time, first_error, places FROM build_step WHERE run_id = %s ORDER BY no

-- name: log_of_step
SELECT s.run_id, s.name, s.lines, s.places FROM build_step s JOIN build_report b USING (run_id)
WHERE b.run = %(run)s AND s.name = %(step)s AND s.places IS NOT NULL

-- name: diagnostics_of_report
-- With those of the one before that are gone.
WITH told AS (
SELECT d.digest AS fingerprint, d.kind, d.sort, d.flag, d.file, d.text, d.hint,
       coalesce(n.step, o.step) AS step, coalesce(n.line, o.line) AS line, coalesce(n.at, o.at) AS at,
       coalesce(n.count, o.count) AS count,
       CASE WHEN n.run_id IS NULL THEN 'fixed' WHEN %(former)s::text IS NULL THEN NULL WHEN o.run_id IS NULL THEN 'new'
            ELSE 'outstanding' END AS change,
       n.run_id IS NULL AS is_gone, d.id
FROM (SELECT s.* FROM build_diagnostic_seen s JOIN build_report b USING (run_id) WHERE b.run = %(run)s) n
FULL JOIN (SELECT s.* FROM build_diagnostic_seen s JOIN build_report b USING (run_id) WHERE b.run = %(former)s) o
    USING (diagnostic_id)
JOIN build_diagnostic d ON d.id = diagnostic_id
WHERE (%(kind)s::text IS NULL OR d.kind = %(kind)s)
)
SELECT * FROM told WHERE (%(change)s::text IS NULL OR change = %(change)s)
ORDER BY kind, is_gone, at, id
LIMIT %(limit)s OFFSET %(offset)s

-- name: limits
SELECT packed, unpacked, members FROM build_report_limits

-- name: set_limits
INSERT INTO build_report_limits (packed, unpacked, members) VALUES (%(packed)s, %(unpacked)s, %(members)s)
ON CONFLICT (is_only) DO UPDATE SET packed = excluded.packed, unpacked = excluded.unpacked, members = excluded.members

-- name: answers
SELECT answers FROM build_answers WHERE id = %s
