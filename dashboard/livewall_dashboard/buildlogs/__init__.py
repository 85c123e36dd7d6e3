"""Build reports: what configure, make and make check said, as `pretest-auto-build-check` collects it."""
