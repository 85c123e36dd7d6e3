# `make demo` shows it, `make test` proves it (noxfile.py). All that they make lives in .venv, node_modules, dist
# and livewall-data.

PORT ?= 8000
VENV := .venv
PY := $(VENV)/bin/python
PYTEST := $(PY) -m pytest
# Many containers set it, and each start would then compile all that it imports: three times as long.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test quick lint check unit integration acceptance browser soak bench openapi media dist clean

help:
	@echo 'make demo         a wall with pretend setups on http://127.0.0.1:$(PORT) (another port: PORT=8001 make demo)'
	@echo 'make test         everything: linters, types, layers, all tests on each Python there is, the built package;'
	@echo '                  as root it has apt install programs that tests use; SYSTEM_PARTS=no make test does not'
	@echo 'make quick        linters, types, layers and the unit tests; JUNIT=DIR keeps their results there'
	@echo 'make lint         linters, types and layers alone'
	@echo 'make unit | integration | acceptance | browser        the tests of one weight'
	@echo 'make check CHECK=NAME      one of the checks of `make test`; without a name, the list of them'
	@echo 'make soak         the long form of some tests, which `make test` runs shortened'
	@echo 'make bench        the budgets, measured, or some: BENCH="ingest load"; writes docs/benchmarks.md'
	@echo 'make openapi      writes docs/openapi.json, collected from the routes'
	@echo 'make media        screenshots of the running program'
	@echo 'make dist         wheel and source distribution in dist/'

demo: $(VENV)/.demo
	@$(PY) -m livewall_dashboard demo --port $(PORT)

test: $(VENV)/.dev
	@$(PY) -m runner

quick: $(VENV)/.dev
	@$(PY) -m runner --only quick $(if $(JUNIT),--junit $(JUNIT))

lint: $(VENV)/.dev
	@$(PY) -m runner --only lint

check: $(VENV)/.dev
	@$(VENV)/bin/nox $(if $(CHECK),--session $(CHECK),--list)

unit integration acceptance browser: $(VENV)/.dev
	@$(PYTEST) tests/$@

soak: $(VENV)/.dev
	@$(PYTEST) -m soak tests

bench: $(VENV)/.dev
	@$(PY) -m bench $(BENCH)

openapi: $(VENV)/.dev
	@$(PY) -m livewall_dashboard.serving.openapi_document > docs/openapi.json.new
	@mv docs/openapi.json.new docs/openapi.json

media: $(VENV)/.dev
	@$(PY) media/make.py

dist: $(VENV)/.dev
	@$(PY) -m build --no-isolation --outdir dist .

clean:
	rm -rf $(VENV) node_modules dist build livewall-data

# The development environment holds all that the demo needs.
$(VENV)/.demo: pyproject.toml $(PY)
	@test $(VENV)/.dev -nt pyproject.toml || { echo 'Installing livewall into $(VENV)'; $(PY) -m pip install -q -e '.[demo]'; }
	@touch $@

$(VENV)/.dev: pyproject.toml $(PY)
	@echo 'Installing livewall and what its tests need into $(VENV)'
	@$(PY) -m pip install -q -e '.[dev]'
	@touch $@

$(PY):
	@for python in $${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python3.10}; do \
	    "$$python" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 15))' 2>/dev/null || continue; \
	    "$$python" -c 'import ensurepip, venv' 2>/dev/null || { lacking="$$python"; continue; }; \
	    "$$python" -m venv $(VENV) && exit 0; \
	done; \
	if [ -n "$${lacking:-}" ]; then \
	    echo "$$lacking cannot make virtual environments: install its venv module (on Debian and Ubuntu: apt install python3-venv)"; \
	else \
	    echo 'livewall needs Python 3.10 to 3.14; name one: PYTHON=/path/to/python3 make ...'; \
	fi >&2; exit 1
