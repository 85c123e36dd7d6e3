-- name: put_html
INSERT INTO branch_build_html (number, folder, no, coverage, trouble)
VALUES (%(number)s, %(folder)s, %(no)s, %(coverage)s, %(trouble)s)
ON CONFLICT (number, folder) DO UPDATE SET no = excluded.no, coverage = excluded.coverage, trouble = excluded.trouble

-- name: put_html_file
INSERT INTO branch_build_html_file (number, path, start, size) VALUES (%(number)s, %(path)s, %(start)s, %(size)s)
ON CONFLICT (number, path) DO UPDATE SET start = excluded.start, size = excluded.size

-- name: html_file
SELECT start, size FROM branch_build_html_file WHERE number = %(number)s AND path = %(path)s

-- name: html_of_builds
SELECT number, folder, no, coverage, trouble FROM branch_build_html WHERE number = ANY (%s) ORDER BY number, folder
