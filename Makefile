# One-line targets; everything sets itself up on a fresh machine with Python 3.11+, git and make.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench bench-slope lock clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/.ready: requirements/dev.txt pyproject.toml hatch_build.py $(wildcard src/xiuhua/locale/*/LC_MESSAGES/*.po)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	touch $@

setup: $(VENV)/.ready ## virtual environment with pinned dependencies

test: setup ## every test this machine has the means for; names what it left out
	$(BIN)/python -m pytest

check: setup ## style, types, import contracts
	$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/lint-imports

bench: setup ## screening against hand-written SQL, Polars and pandas
	cd benchmarks && ../$(BIN)/python run.py

bench-slope: setup ## screening of 1 to 30 million households; half an hour, 10 GB of disk
	cd benchmarks && ../$(BIN)/python slope.py

lock: setup ## rewrite the hash-pinned requirement files
	$(BIN)/pip-compile -q --strip-extras --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --extra dev --no-annotate -o requirements/dev.txt pyproject.toml

clean: ## remove everything built
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
