# One-line targets; everything sets itself up on a fresh machine with Python 3.11+, git and make.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
JOBS   ?= 2
PORT   ?= 8000
# Compiled modules are kept even where the environment says otherwise: every start, and
# every process a test starts, would compile a thousand of them again.
unexport PYTHONDONTWRITEBYTECODE
COMPILE := $(BIN)/pip-compile -q --strip-extras --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-annotate

.DEFAULT_GOAL := help
.PHONY: help setup demo bundle test test-long test-crash check bench bench-one bench-pages bench-slope coverage-simulation docs hooks lock clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/.ready: requirements/dev.txt pyproject.toml hatch_build.py package-lock.json
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# What runs the application and builds its catalogs, without the tools of developers: half
# the packages and half the bytes. Where the tools are installed already, so is it.
$(VENV)/.app: requirements/app.txt pyproject.toml hatch_build.py package-lock.json
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	test -f $(VENV)/.ready || $(BIN)/python -m pip install -q --disable-pip-version-check --no-compile --require-hashes -r requirements/app.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

CATALOGS := $(shell find src/xiuhua -path '*/LC_MESSAGES/*.po')

$(VENV)/.app-catalogs: $(VENV)/.app $(CATALOGS)
	$(BIN)/python hatch_build.py
	touch $@

$(VENV)/.catalogs: $(VENV)/.ready $(CATALOGS)
	$(BIN)/python hatch_build.py
	touch $@

# The Spark engine is tried where there is Java to run it; elsewhere it is left out.
$(VENV)/.spark: $(VENV)/.ready $(wildcard requirements/spark.txt)
	if command -v java >/dev/null && test -f requirements/spark.txt; then $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/spark.txt; fi
	touch $@

setup: $(VENV)/.ready $(VENV)/.catalogs ## virtual environment with pinned dependencies

demo: $(VENV)/.app-catalogs ## an invented county at work in the browser; the second start keeps what was entered
	@$(BIN)/xiuhua demo --port $(PORT)

test: check $(VENV)/.spark ## all checks and every test this machine has the means for; names what it left out
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder

coverage-simulation: setup ## how often intervals cover the truth, 4,000 draws a scenario; keeps the figures
	$(BIN)/python benchmarks/survey_coverage.py

test-long: setup ## random rules on random tables, all engines, different every time
	XIUHUA_RANDOM_RUNS=2000 $(BIN)/python -m pytest --timeout 0 tests/generative

test-crash: setup ## kill writers and databases sixty times each; half an hour
	XIUHUA_KILLS=60 $(BIN)/python -m pytest --timeout 0 tests/crash

check: setup ## style, types, import contracts
	$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/mypy -p docs.generate && $(BIN)/lint-imports

bench: setup ## screening against hand-written SQL, Polars and pandas; intake against reading cells
	cd benchmarks && ../$(BIN)/python run.py && ../$(BIN)/python intake.py

bench-one: setup ## judging one household of five, as a form does on saving
	cd benchmarks && ../$(BIN)/python judge_one.py

bench-pages: setup ## pages over 10,000 households: p50, p95, queries and bytes of each
	rm -rf demo-out/pages && cd benchmarks && ../$(BIN)/python load_registry.py --data-dir ../demo-out/pages && ../$(BIN)/python pages.py --data-dir ../demo-out/pages --name small_sqlite

bench-slope: setup ## screening of 1 to 30 million households; half an hour, 10 GB of disk
	cd benchmarks && ../$(BIN)/python slope.py

bundle: setup ## everything for a machine without internet, in dist/
	$(BIN)/python deploy/bundle.py

docs: setup ## write the reference pages anew from packs, dictionary and program
	$(BIN)/python -m docs.generate

hooks: setup ## let git run `make check` before each commit
	printf '#!/bin/sh\nexec make check\n' > "$$(git rev-parse --git-path hooks)/pre-commit" && chmod +x "$$(git rev-parse --git-path hooks)/pre-commit"

lock: setup ## rewrite the hash-pinned requirement files
	$(COMPILE) --extra dev --extra documents --extra teams --extra web -o requirements/dev.txt pyproject.toml
	$(COMPILE) --extra build --extra documents --extra web --constraint requirements/dev.txt -o requirements/app.txt pyproject.toml
	$(COMPILE) --extra spark --constraint requirements/dev.txt -o requirements/spark.txt pyproject.toml

clean: ## remove everything built
	rm -rf $(VENV) node_modules src/xiuhua/web/static/vendor build dist demo-out .pytest_cache .mypy_cache .ruff_cache .hypothesis
