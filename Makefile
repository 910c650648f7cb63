# Two commands are all a newcomer needs: `make run` and `make test`.
# Everything installs into .venv from hash-locked files; nothing else on the machine is touched.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; raise SystemExit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& { command -v $$p; break; }; done)
BIN := .venv/bin
RUN_ARGS ?=
TEST_ARGS ?=
BENCH_ARGS ?=

# Where this variable is set, every process compiles the 5,000 modules it imports: longer than most commands take.
# Compiled modules lie in .venv and in folders named __pycache__.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test quick ui docs check check-types check-sql bench stop clean lock

help: ## show this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /  make \1\t/' | expand -t 16

run: $(BIN)/.ready-run ## set up, then run the sample company from raw records to reports
	@$(BIN)/bellwether run $(RUN_ARGS)

test: $(BIN)/.ready-dev ## set up, then run the tests
	@$(BIN)/python -m pytest -n logical --maxprocesses 4 $(TEST_ARGS)

quick: $(BIN)/.ready-dev ## the fast checks before a commit: lint, types, dbt project, asset graph, unit tests of ml
	@$(BIN)/python -m tests.quick

ui: $(BIN)/.ready-run ## Dagster UI on the same instance
	@$(BIN)/bellwether ui

docs: $(BIN)/.ready-run ## dbt docs, Data Docs and model cards on one local address
	@$(BIN)/bellwether docs

check: $(BIN)/.ready-dev ## lint and types: ruff, mypy strict, sqlfluff
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(MAKE) --no-print-directory -j 2 check-types check-sql

check-types:
	@$(BIN)/mypy

check-sql:
	@$(BIN)/python -m tests.lint_sql

bench: $(BIN)/.ready-dev ## measure speed and memory beside peers
	@$(BIN)/python -m bench $(BENCH_ARGS)

stop: ## stop the embedded PostgreSQL
	@if [ -x $(BIN)/bellwether ]; then $(BIN)/bellwether db stop; fi

clean: stop ## remove the environment and all local data
	@rm -rf .venv .bellwether dbt_project/target dbt_project/logs

lock: $(BIN)/.ready-run ## resolve the dependencies of pyproject.toml anew
	@$(BIN)/uv pip compile pyproject.toml --extra dev $(LOCK_OPTIONS) -o requirements-dev.lock
	@$(BIN)/uv pip compile pyproject.toml $(LOCK_OPTIONS) -c requirements-dev.lock -o requirements.lock

# One resolution for every supported Python, with hashes, naming no registry host.
LOCK_OPTIONS := --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-annotate --quiet --custom-compile-command "make lock"

# The stamp is written last: an interrupted installation is completed by the next call.
$(BIN)/.ready-run: requirements.lock requirements-uv.lock pyproject.toml
	@sh .ci/install "$(PYTHON)" requirements.lock
	@touch $@

$(BIN)/.ready-dev: requirements-dev.lock requirements-uv.lock pyproject.toml
	@sh .ci/install "$(PYTHON)" requirements-dev.lock
	@touch $@ $(BIN)/.ready-run
