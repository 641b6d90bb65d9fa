# `make help` lists what there is. The environment is made once, in .venv.

SHELL := /bin/bash
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
# the first Python on this machine that is new enough and can make environments; the system's own
# before those of version managers, which are often built without optimisation: a third slower
ifndef PYTHON
PYTHONS := python3.13 python3.12 python3.11 python3
PYTHON := $(shell for p in $(addprefix /usr/bin/,$(PYTHONS)) $(PYTHONS); do \
	$$p -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2> /dev/null \
		&& { echo $$p; break; }; done)
endif
# hundreds of processes are started: each would compile the whole tree anew
unexport PYTHONDONTWRITEBYTECODE
PYTEST := $(BIN)/python -m pytest
TIMED := $(PYTEST) -q --durations 10
TEMPLATES = $(shell find src/tieout/web -name '*.html')
# tests at once: one for each processor, up to four
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(min(os.cpu_count() or 1, 4))')
# the longest modules first, so that no worker is left alone with one at the end
APART := tests/protocol tests/store tests/web tests/unit
ON_POSTGRES := tests/store tests/web
WHOLE := tests/journeys
STORM := tests/journeys/test_storm.py
REAL_RUNS := tests/simulation/test_real.py tests/simulation/test_crash_points.py

.PHONY: help run demo check test test-code test-processes test-tools histories simulate storm bench wheels screenshots clean

help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort \
		| awk 'BEGIN {FS = ":.*## "} {printf "  make %-12s %s\n", $$1, $$2}'

run: $(VENV)/.stamp ## start Tieout with its rehearsal company (ARGS="--port 8001" for more)
	@$(BIN)/tieout run --open $(ARGS)

demo: $(VENV)/.stamp ## do the main job without a browser, and check every figure
	@$(BIN)/tieout demo $(ARGS)

check: $(VENV)/.stamp-dev ## format, lint, types, import contracts, templates, house rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(BIN)/djade --check --target-version 5.2 $(TEMPLATES)
	$(PYTEST) -q tests/test_tidy.py

test: check test-tools ## everything: both databases, real processes, a real browser
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=line test-code test-processes

test-code: $(VENV)/.stamp-dev test-tools # what keeps a processor busy, behind what waits for a browser
	nice $(TIMED) -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(APART)
	nice $(BIN)/python tools/with_postgres.py $(TIMED) -n $(WORKERS) $(ON_POSTGRES)
	nice $(TIMED) tests/simulation $(addprefix --ignore=,$(REAL_RUNS))
	nice $(TIMED) -n $(WORKERS) $(REAL_RUNS)

test-processes: $(VENV)/.stamp-dev test-tools # a whole Tieout, looked at from outside
	$(TIMED) -n $(WORKERS) --dist loadfile $(WHOLE) $(addprefix --ignore=,$(STORM))
	$(PYTEST) -q -n $(WORKERS) $(STORM)

test-tools: # what tests need beside Python: a browser and PostgreSQL's programs
	@tools/ensure_test_tools.sh

storm: $(VENV)/.stamp-dev test-tools ## kill, stop and cut real processes for longer (FAULTS=2000; TIEOUT_SEED)
	TIEOUT_FAULTS=$(or $(FAULTS),2000) $(PYTEST) -q -n $(WORKERS) $(STORM)

histories: $(VENV)/.stamp-dev ## map, drift, answer, undo and export at random for longer (N=300)
	TIEOUT_HISTORIES=$(or $(N),300) $(PYTEST) -q tests/store/test_drift_histories.py

simulate: $(VENV)/.stamp-dev ## run N fault schedules (N=1000000), printing the seed of any failure
	$(BIN)/python -m tools.simulate --number $(or $(N),1000000) --first $(or $(FIRST),0)

bench: $(VENV)/.stamp-dev ## measure, each figure against a bare loop of the same run
	@for each in bench/bench_*.py; do echo "== $$each"; $(BIN)/python "$$each" || exit 1; done

wheels: $(VENV)/.stamp-dev ## build both wheels into dist: tieout, and tieout-connector without Django
	$(BIN)/python -m hatchling build -t wheel -d dist
	cd packaging/connector && ../../$(BIN)/python -m hatchling build -t wheel -d ../../dist

screenshots: $(VENV)/.stamp-dev test-tools ## photograph the main pages
	$(BIN)/python tools/photograph.py

clean: ## remove what was built; the data of `make run` stays
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.stamp: pyproject.toml
	@test -x $(BIN)/python || test -n "$(PYTHON)" || { \
		echo "Python 3.11 or newer with venv is needed: sudo apt-get install -y python3 python3-venv"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.stamp-dev: $(VENV)/.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@
